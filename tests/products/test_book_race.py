"""Books under load and under the axe: a thousand bids for a hundred units, a worker killed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from products.gateways.sandbox import PlayedPayments
from products.models import Bid, BookCount
from products.use_cases import sharing_out
from products.use_cases.bidding import pay_bid, place_bid
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.sharing_out import share_out
from tests.killing import killed_at
from tests.products.factories import (
    a_book,
    a_buyer,
    a_closing,
    a_product,
    a_told_decision,
    approve,
)
from tests.suitability.factories import ACTOR, AT
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
THREADS, TRIED, LEFT = 16, 1008, 100


def test_a_thousand_bids_for_the_last_hundred_units():
    one = Decimal(1)
    product = a_product("R2", family="bond", terms={"minimum": one})
    given: dict[str, Any] = {"minimum": one, "step": one, "allocation": "by_time"}
    book = a_book(product, target=Decimal(LEFT), **given)
    buyers = [a_buyer(f"+86139001392{number:02}") for number in range(THREADS)]
    told = [(buyer, a_told_decision(buyer, book.product)) for buyer in buyers]
    numbers = iter(range(THREADS))

    def many() -> int:
        buyer, decision = told[next(numbers)]
        try:
            return sum(bid(buyer, decision) for _ in range(TRIED // THREADS))
        finally:
            connections.close_all()

    def bid(buyer: Any, decision: Any) -> int:
        given = {"customer": buyer, "book": book, "amount": one, "decision": decision}
        try:
            place_bid(key=uuid4(), actor=ACTOR, at=AT, **given)
        except UnableToOrder:
            return 0
        return 1

    sold = sum(together(many, times=THREADS, patience=300))
    assert sold == LEFT == Bid.objects.count()
    assert BookCount.objects.get().taken == LEFT
    for each in Bid.objects.select_related("customer", "book"):
        pay_bid(bid=each, gateway=PlayedPayments(), at=AT)
    approve(a_closing(book), at=AT + timedelta(days=1))
    share_out(book=book, at=AT + timedelta(days=1), batch=30)
    assert sum(each.allotted or 0 for each in Bid.objects.all()) == LEFT


@pytest.mark.parametrize(("after", "written"), [(0, 0), (1, 0), (3, 2), (5, 4)])
def test_the_books_balance_after_the_worker_was_killed_in_the_middle(after: int, written: int):
    book, buyer = a_book(target=Decimal(7000)), a_buyer()
    decision = a_told_decision(buyer, book.product)
    for amount in ("3000", "1000", "4000", "2000", "1000", "5000"):
        given = {"customer": buyer, "book": book, "amount": Decimal(amount), "decision": decision}
        made = place_bid(key=uuid4(), actor=ACTOR, at=AT, **given)
        pay_bid(bid=made, gateway=PlayedPayments(), at=AT)
    approve(a_closing(book), at=book.closes_at)
    share = partial(share_out, book=book, at=book.closes_at, batch=2)
    killed_at(sharing_out, "record", share, calls=after)
    assert Bid.objects.exclude(allotted=None).count() == written  # whole batches, nothing half
    for _ in range(2):
        share_out(book=book, at=book.closes_at + timedelta(minutes=10), batch=2)
    rows = list(Bid.objects.filter(book=book))
    assert sum(row.allotted or 0 for row in rows) == book.target
    assert all(row.amount == (row.allotted or 0) + (row.refund or 0) for row in rows)
