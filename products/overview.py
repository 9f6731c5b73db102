"""What one view of a customer shows of products: held, on the way, complained about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from brokerage.backoffice.overview import Fact, page_of
from brokerage.core import scope
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from products.models import Complaint, Order, PrivateContract
from products.selectors.orders import holdings_of
from products.states import ComplaintStatus


def facts(customer: Customer, reader: Any, at: datetime) -> Iterator[Fact]:
    """Funds to whoever sees an order of the customer; then what is open. Four queries."""
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
    contracts = scope.visible(PrivateContract, reader).filter(customer=customer)
    if contract := contracts.order_by("-pk").first():
        yield Fact(
            label=_("contract of a private fund"),
            value=contract.get_status_display(),
            url=page_of(contract, reader),
        )
    complaints = scope.visible(Complaint, reader).filter(customer=customer)
    complaint = complaints.exclude(status=ComplaintStatus.ANSWERED).order_by("pk").first()
    if complaint:
        yield Fact(
            label=_("open complaint"),
            value=_("since {day}").format(day=formats.day(complaint.received_at, year=True)),
            url=page_of(complaint, reader),
        )
