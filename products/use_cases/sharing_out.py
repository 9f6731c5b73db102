"""Share out a closed book, a batch at a time; cut off anywhere, it goes on where it stood.

What each bid gets follows from the book and all its paid bids alone, and neither changes after
the closing was approved: a second run reckons the same and writes only what is missing.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from brokerage.journal.record import record
from products.book_events import (
    BidSharedOut,
)
from products.models import Bid, Book, BookCount
from products.rules.allocation import allocate
from products.states import BidStatus
from products.use_cases.carrying import WORKER

BATCH = 200


def share_out(*, book: Book, at: datetime, batch: int = BATCH) -> None:
    """Give every bid of a book what it gets; what is left of it becomes due for paying back.

    Args:
        batch: bids written in one transaction.
    """
    if not book.closings.approved().exists():
        return
    bids = Bid.objects.filter(book=book).in_turn()
    rows = list(bids.values_list("pk", "amount", "most", "status"))
    shares = allocate(
        book.allocation,
        target=book.target,
        step=book.step,
        bids=[amount if most is None else most for _pk, amount, most, _status in rows],
    )
    due = [
        (pk, share)
        for (pk, _amount, _most, status), share in zip(rows, shares, strict=True)
        if status == BidStatus.PAID
    ]
    for start in range(0, len(due), batch):
        _give(book, dict(due[start : start + batch]), at)


@transaction.atomic
def _give(book: Book, share_of: dict[int, Decimal], at: datetime) -> None:
    """Write what these bids get. Two workers wait for each other at the count, and the second
    finds nothing left to write."""
    BookCount.objects.select_for_update().get(book=book)
    found = Bid.objects.select_for_update(of=("self",)).filter(status=BidStatus.PAID)
    for bid in found.filter(pk__in=share_of).select_related("customer").order_by("pk"):
        bid.allotted = share_of[bid.pk]
        bid.refund = bid.amount - bid.allotted
        bid.ended_at = at
        if not bid.refund:
            bid.move_to(BidStatus.ALLOTTED)
        else:
            bid.move_to(BidStatus.PARTLY if bid.allotted else BidStatus.NOTHING)
        bid.save()
        event = BidSharedOut(
            subject=bid.ref, customer=bid.customer.ref, book=book.ref, status=bid.status
        )
        record(event, actor=WORKER, at=at)
