"""How much of each bid counts when a book is shared out: one customer may have only so much."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from brokerage.core import clock
from brokerage.customers.models import Customer
from products.models import Bid, Book, Terms
from products.selectors.exposure import above, committed
from products.states import BidStatus


def limit_bids(*, book: Book, at: datetime) -> None:
    """Write on each bid that goes beyond the limit of one customer how much of it counts.

    Every bid kept to the limit when it was placed; the limit may have been lowered since. That of
    the newest terms counts. Earlier bids of a customer count first. Called once, when the closing
    is agreed to: from then on what a bid gets follows from the bids alone.
    """
    on = clock.business_date(at)
    rows = Terms.objects.approved().filter(product=book.product_id, valid_from__lte=on)
    terms = rows.order_by("-valid_from").first()
    if terms is None or terms.most_held is None:
        return
    for key in above(book.product, terms.most_held):
        customer = Customer.objects.get(pk=key)
        _limit(customer, book, terms.most_held - committed(customer, book.product, but=book))


def _limit(customer: Customer, book: Book, room: Decimal) -> None:
    bids = Bid.objects.select_for_update(of=("self",)).filter(customer=customer, book=book)
    for bid in bids.filter(status=BidStatus.PAID).order_by("placed_at", "pk"):
        counts = max(Decimal(0), min(bid.amount, room))
        room -= counts
        if counts < bid.amount:
            bid.most = counts
            bid.save(update_fields=["most"])
