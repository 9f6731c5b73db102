"""What the law asks of asset-management plans beside the match: least amounts, few holders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from brokerage.core.display import formats
from brokerage.customers.models import Customer
from products.dated import plans_on
from products.models import Bid, Product
from products.rules.qualified import least_of
from products.states import IN_BOOK, Family
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.refusals import UnableToList
from suitability.selectors.permissions import permissions_on

ROWS = {
    "fixed_income": "plan_fixed_income",
    "equity": "plan_equity",
    "derivatives": "plan_equity",
    "complex": "plan_mixed",
}
"""Which row of the dated permissions has the least amount, by type of the graded item. That
derivatives are asked for as much as equity is from memory [M?]."""


def plan_least(product: Product, on: date) -> Decimal | None:
    """Yuan that go into a plan at least, by its type; None for what is no plan."""
    if product.family != Family.PLAN:
        return None
    found = permissions_on(on, ROWS[product.item.type])
    return least_of(found[0].rule) if found else None


def require_plan_least(product: Product, minimum: Decimal, on: date) -> None:
    """Refuse a least amount below that of the law; raises UnableToList beside `minimum`."""
    least = plan_least(product, on)
    if least is not None and minimum < least:
        said = _("At least {least} goes into a plan of this type.")
        words = said.format(least=formats.money(least))
        raise UnableToList(words, {"minimum": [words]})


def require_not_open(family: str, on_open_shelf: bool, on: date) -> None:
    """Refuse a plan on the open shelf unless the dated rule opens it; raises UnableToList."""
    if family == Family.PLAN and on_open_shelf and not plans_on(on).is_open:
        said = _("A plan is not offered openly; only qualified investors see it.")
        raise UnableToList(said, {"on_open_shelf": [said]})


def require_room_for(customer: Customer, product: Product, on: date) -> None:
    """Refuse one customer more than may be in a plan; the caller holds the lock of the product.

    Raises:
        UnableToOrder: so many others are in it already.
    """
    if product.family != Family.PLAN:
        return
    inside = Q(status__in=IN_BOOK) | Q(allotted__gt=0)
    rows = Bid.objects.filter(inside, book__product=product).exclude(customer=customer)
    if rows.values("customer").distinct().count() >= plans_on(on).holders:
        raise UnableToOrder(_("As many customers as the law allows are in this plan already."))
