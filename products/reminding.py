"""Reminders of this app: a bond that matures, a fund that takes less, one that fits better."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brokerage.core.reminders import Found, Reminding, reminders
from brokerage.customers.models import Customer
from products.models import Product
from products.selectors.alternatives import cheaper_funds, fitting_funds
from products.selectors.maturing import maturing
from suitability.models import Exposure
from suitability.use_cases.matching import record_exposures

MATURING, FITTING, CHEAPER = "maturing", "fitting", "cheaper"


def was_shown(customer: Customer, found: Found, at: datetime) -> None:
    """What is suggested counts as shown, so that it cannot be insisted on later."""
    product = Product.objects.select_related("item").get(
        item__code=found.subject.partition(":")[2]
    )
    record_exposures(customer=customer, refs=[product.item.ref], way=Exposure.Way.SHOWN, at=at)


def register() -> None:
    """Called once when the app is ready."""
    reminders.register(
        MATURING,
        Reminding(
            label=_("A bond that matures"),
            text="products.remind_maturing",
            prepare=maturing,
            order=35,
        ),
    )
    reminders.register(
        FITTING,
        Reminding(
            label=_("A fund that fits you better"),
            text="products.remind_fitting",
            prepare=fitting_funds,
            order=90,
            is_offer=True,
            told=was_shown,
        ),
    )
    reminders.register(
        CHEAPER,
        Reminding(
            label=_("A fund that takes less"),
            text="products.remind_cheaper",
            prepare=cheaper_funds,
            order=100,
            is_offer=True,
            told=was_shown,
        ),
    )
