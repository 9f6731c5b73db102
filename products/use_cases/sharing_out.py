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
from products.use_cases.quotas import settle_quota_of_book

BATCH = 200


def share_out(*, book: Book, at: datetime, batch: int = BATCH) -> None:
    """Give every bid of a book what it gets; what is left of it becomes due for paying back.

    Of a book that was called off nobody gets anything, and all that was paid becomes due, also
    what was still on its way then. At the end the quota gets back what was not allotted.

    Args:
        batch: bids written in one transaction.
    """
    closing = book.closings.approved().first()
    if closing is None:
        return
    due = _nothing(book) if closing.calls_off else _shares(book)
    for start in range(0, len(due), batch):
        _give(book, dict(due[start : start + batch]), at, returned=closing.calls_off)
    settle_quota_of_book(book)


def _nothing(book: Book) -> list[tuple[int, Decimal]]:
    paid = Bid.objects.filter(book=book, status=BidStatus.PAID).order_by("pk")
    return [(key, Decimal(0)) for key in paid.values_list("pk", flat=True)]


def _shares(book: Book) -> list[tuple[int, Decimal]]:
    bids = Bid.objects.filter(book=book).in_turn()
    rows = list(bids.values_list("pk", "amount", "most", "status"))
    shares = allocate(
        book.allocation,
        target=book.target,
        step=book.step,
        bids=[amount if most is None else most for _pk, amount, most, _status in rows],
    )
    return [
        (pk, share)
        for (pk, _amount, _most, status), share in zip(rows, shares, strict=True)
        if status == BidStatus.PAID
    ]


@transaction.atomic
def _give(book: Book, share_of: dict[int, Decimal], at: datetime, *, returned: bool) -> None:
    """Write what these bids get. Two workers wait for each other at the count, and the second
    finds nothing left to write."""
    BookCount.objects.select_for_update().get(book=book)
    found = Bid.objects.select_for_update(of=("self",)).filter(status=BidStatus.PAID)
    for bid in found.filter(pk__in=share_of).select_related("customer").order_by("pk"):
        bid.allotted = share_of[bid.pk]
        bid.refund = bid.amount - bid.allotted
        bid.ended_at = at
        bid.move_to(BidStatus.RETURNED if returned else _status_of(bid))
        bid.save()
        event = BidSharedOut(
            subject=bid.ref, customer=bid.customer.ref, book=book.ref, status=bid.status
        )
        record(event, actor=WORKER, at=at)


def _status_of(bid: Bid) -> BidStatus:
    if not bid.refund:
        return BidStatus.ALLOTTED
    return BidStatus.PARTLY if bid.allotted else BidStatus.NOTHING
