"""What was bought here in a time, for the yearly sample of suitability; a query a kind of sale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from brokerage.users.models import User
from products.models import Bid, Order, PrivateContract
from products.private_states import PrivateStatus
from products.states import BidStatus, OrderStatus, Side
from suitability import sampling
from suitability.sampling import Purchase

COLUMNS = ("customer_id", "customer__ref", "decision_id", "ref")


def register() -> None:
    """Called once when the app is ready."""
    sampling.purchases.register("products", bought)


def bought(start: datetime, end: datetime) -> Iterator[Purchase]:
    """Purchases that became certain from `start` up to and not including `end`."""
    orders = Order.objects.filter(
        side=Side.SUBSCRIBE,
        status__in=[OrderStatus.CONFIRMED, OrderStatus.PARTLY],
        decision__isnull=False,
        contract=None,  # what a contract ordered is a purchase of the contract
    )
    bids = Bid.objects.filter(status__in=[BidStatus.ALLOTTED, BidStatus.PARTLY])
    for rows in (orders, bids):
        within = rows.filter(ended_at__gte=start, ended_at__lt=end)
        for customer, buyer, decision, sale, at in within.values_list(*COLUMNS, "ended_at"):
            yield Purchase(
                customer=customer, buyer=buyer, decision=decision, sale=sale, sold_at=at
            )
    yield from _private(start, end)


def _private(start: datetime, end: datetime) -> Iterator[Purchase]:
    """Contracts of private funds that bind; who signed with the customer does not call."""
    rows = PrivateContract.objects.filter(
        status=PrivateStatus.BINDING, placed_at__gte=start, placed_at__lt=end
    )
    found = list(rows.values_list(*COLUMNS, "placed_at", "seller_ref"))
    refs = {each[-1] for each in found}
    keys = dict(User.objects.filter(ref__in=refs).values_list("ref", "pk"))
    for customer, buyer, decision, sale, at, seller in found:
        yield Purchase(
            customer=customer,
            buyer=buyer,
            decision=decision,
            sale=sale,
            sold_at=at,
            seller=keys.get(seller),
        )
