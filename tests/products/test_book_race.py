"""A thousand bids for the last hundred units: first come, first served, and not one too many."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from products.gateways.sandbox import PlayedPayments
from products.models import Bid, BookCount
from products.use_cases.bidding import pay_bid, place_bid
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.sharing_out import share_out
from tests.products.factories import a_book, a_buyer, a_closing, a_told_decision, approve
from tests.suitability.factories import ACTOR, AT
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
THREADS, TRIED, LEFT = 16, 1008, 100


def test_a_thousand_bids_for_the_last_hundred_units():
    one = Decimal(1)
    book = a_book(target=Decimal(LEFT), minimum=one, step=one, allocation="by_time")
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

    sold = sum(together(many, times=THREADS))
    assert sold == LEFT == Bid.objects.count()
    assert BookCount.objects.get().taken == LEFT
    for each in Bid.objects.select_related("customer", "book"):
        pay_bid(bid=each, gateway=PlayedPayments(), at=AT)
    approve(a_closing(book), at=AT + timedelta(days=1))
    share_out(book=book, at=AT + timedelta(days=1), batch=30)
    assert sum(each.allotted or 0 for each in Bid.objects.all()) == LEFT
