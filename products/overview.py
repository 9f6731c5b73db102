"""What one view of a customer shows of products: held, on the way, referred, complained about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.overview import Fact, page_of
from brokerage.core import scope
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from products.models import Bid, Complaint, Mandate, Order, PrivateContract, Referral
from products.selectors.orders import holdings_of
from products.states import ComplaintStatus

NEWEST: tuple[tuple[Any, Any], ...] = (
    (Bid, gettext_lazy("newest bid in a subscription book")),
    (PrivateContract, gettext_lazy("contract of a private fund")),
    (Referral, gettext_lazy("newest referral to a product desk")),
    (Mandate, gettext_lazy("newest mandate")),
)


def facts(customer: Customer, reader: Any, at: datetime) -> Iterator[Fact]:
    """Funds to whoever sees an order of the customer; then the newest of each kind, and what is
    open; each within the scope and the wall of its own. A query a kind, and one for the funds.
    """
    orders = scope.visible(Order, reader).filter(customer=customer)
    if newest := orders.order_by("-pk").first():
        for held in holdings_of(customer):
            worth = formats.money(held.worth) if held.worth is not None else _("without a value")
            yield Fact(label=str(held.product), value=worth)
        yield Fact(
            label=_("newest order"),
            value=newest.get_status_display(),
            url=page_of(newest, reader),
        )
    for model, label in NEWEST:
        if found := scope.visible(model, reader).filter(customer=customer).order_by("-pk").first():
            yield Fact(label=label, value=found.get_status_display(), url=page_of(found, reader))
    complaints = scope.visible(Complaint, reader).filter(customer=customer)
    complaint = complaints.exclude(status=ComplaintStatus.ANSWERED).order_by("pk").first()
    if complaint:
        yield Fact(
            label=_("open complaint"),
            value=_("since {day}").format(day=formats.day(complaint.received_at, year=True)),
            url=page_of(complaint, reader),
        )
