"""Money of orders, bids and contracts: taken, waited for by a clock, and paid back.

Each step may run twice or be cut off anywhere: the keeper of the cash accounts knows the key. A
request for money has a clock. When it is over and there is still no answer, what was ordered
ends (lapses). Then its request is withdrawn, as often as it takes; money that turns out to be
taken is paid back like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db import transaction

from brokerage.core import clock
from products.dated import payment_minutes_on
from products.gateways.base import Unavailable
from products.gateways.payment import PaymentGateway
from products.models import Bid, Order, PrivateContract

PLACED, UNPAID, LAPSED = "placed", "unpaid", "lapsed"
"""The states that orders, bids and contracts have in common."""
Paid = TypeVar("Paid", Order, Bid, PrivateContract)


@dataclass(frozen=True, kw_only=True)
class Steps(Generic[Paid]):
    """What is particular to one kind of row; all but `lock` run in the transaction of the step.

    Attributes:
        lock: gives the row anew, locked, with its customer.
        paid: (row, at): the money was taken; writes the row and records it.
        free: gives back what the row had taken of a quota or a book.
        keep_nothing: all of the amount is to go back; sets the row's figures and writes nothing.
        ended: (row, at): it ended unpaid or lapsed, and was written; records it.
        late: (row, at): the money was taken after it had lapsed, and was written; records it.
        back: (row, at): what was due is paid back, and was written; records it.
        too_late: (row, at): whether money that came now would come too late for what was ordered.
    """

    lock: Callable[[Paid], Paid]
    paid: Callable[[Paid, datetime], None]
    free: Callable[[Paid], None]
    keep_nothing: Callable[[Paid], None]
    ended: Callable[[Paid, datetime], None]
    late: Callable[[Paid, datetime], None]
    back: Callable[[Paid, datetime], None]
    too_late: Callable[[Paid, datetime], bool] = lambda row, at: False


def is_over(paid: Order | Bid | PrivateContract, at: datetime) -> bool:
    """Whether the money of a row was asked for so long that it ends unanswered."""
    minutes = payment_minutes_on(clock.business_date(paid.placed_at))
    return at >= paid.placed_at + timedelta(minutes=minutes)


def take(paid: Paid, *, gateway: PaymentGateway, at: datetime, steps: Steps[Paid]) -> Paid:
    """Take the money of a placed row; without enough of it, or an answer in time, it ends.

    Once money would come too late it is asked for no more; what is taken all the same goes back.

    Raises:
        Unavailable: ask again.
    """
    if paid.status != PLACED:
        return paid
    assert paid.amount is not None
    if steps.too_late(paid, at):
        return _end(paid, LAPSED, at, steps)
    try:
        taken = gateway.take(key=paid.ref, customer=paid.customer.ref, amount=paid.amount, at=at)
    except Unavailable:
        if not is_over(paid, at):
            raise
        return _end(paid, LAPSED, at, steps)
    if not taken:
        return _end(paid, UNPAID, at, steps)
    with transaction.atomic():
        row = steps.lock(paid)
        if row.status == LAPSED and row.paid_at is None:
            _answered_late(row, taken=True, at=at, steps=steps)
        elif row.status == PLACED:
            steps.paid(row, at)
    return row


def revoke(paid: Paid, *, gateway: PaymentGateway, at: datetime, steps: Steps[Paid]) -> Paid:
    """Withdraw the request for the money of what lapsed; asking again changes nothing.

    Raises:
        Unavailable: ask again.
    """
    if paid.status != LAPSED or paid.revoked_at or paid.amount is None:
        return paid
    taken = gateway.revoke(key=paid.ref, customer=paid.customer.ref, amount=paid.amount, at=at)
    with transaction.atomic():
        row = steps.lock(paid)
        if row.revoked_at is None:
            _answered_late(row, taken=taken, at=at, steps=steps)
    return row


def pay_back(paid: Paid, *, gateway: PaymentGateway, at: datetime, steps: Steps[Paid]) -> Paid:
    """Pay back the `refund` of a row; asking again pays once.

    Raises:
        Unavailable: ask again.
    """
    if not paid.refund or paid.refunded_at:
        return paid
    gateway.give_back(key=paid.ref, customer=paid.customer.ref, amount=paid.refund, at=at)
    with transaction.atomic():
        row = steps.lock(paid)
        if row.refunded_at:
            return row
        row.refunded_at = at
        row.save(update_fields=["refunded_at"])
        steps.back(row, at)
    return row


@transaction.atomic
def _end(paid: Paid, status: str, at: datetime, steps: Steps[Paid]) -> Paid:
    row = steps.lock(paid)
    if row.status != PLACED:
        return row
    row.move_to(status)
    row.ended_at = at
    row.save()
    steps.free(row)
    steps.ended(row, at)
    return row


def _answered_late(row: Paid, *, taken: bool, at: datetime, steps: Steps[Paid]) -> None:
    row.revoked_at = at
    if taken:
        row.paid_at = at
        steps.keep_nothing(row)
    row.save()
    if taken:
        steps.late(row, at)
