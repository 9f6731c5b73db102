"""Yes on two phones at once, while the outlet takes it back, on a book's closing second."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections

from products.models import Bid, BookCount, CounterOrder, Order
from products.use_cases.counter_ordering import confirm_order, withdraw_order
from products.use_cases.order_checks import UnableToOrder
from tests.products.counter import a_counter_book, a_proposal, an_open_sale, code_for
from tests.products.factories import a_buyer
from tests.suitability.factories import ACTOR, AT
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_two_yeses_at_once_are_one_order():
    proposal = a_proposal()
    code = code_for(proposal)

    def yes() -> int:
        try:
            return confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT).pk
        finally:
            connections.close_all()

    assert set(together(yes, times=6)) == {Order.objects.get().pk}


def test_a_yes_and_a_taking_back_at_once_leave_one_of_them():
    proposal = a_proposal()
    code, helper = code_for(proposal), proposal.release.helper
    assert helper is not None
    turns = iter(range(6))

    def either() -> str:
        try:
            if next(turns) % 2:
                withdraw_order(proposal=proposal, helper=helper, at=AT)
                return "withdrawn"
            confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT)
            return "ordered"
        except UnableToOrder:
            return "late"
        finally:
            connections.close_all()

    said = set(together(either, times=6)) - {"late"}
    row = CounterOrder.objects.get()
    assert said == {row.status}
    assert Order.objects.exists() is (row.status == "ordered")


def test_on_the_closing_second_of_a_book_only_who_was_before_it_has_bid():
    closes = AT + timedelta(minutes=3)
    product = a_counter_book(closes_at=closes).product
    waiting = [
        a_proposal(an_open_sale(a_buyer(f"+86139001391{number:02}"), product))
        for number in range(6)
    ]
    sent = [(proposal, code_for(proposal)) for proposal in waiting]
    turns = iter(range(len(sent)))

    def yes() -> bool:
        turn = next(turns)
        proposal, code = sent[turn]
        at = closes - timedelta(microseconds=1) if turn % 2 else closes
        try:
            confirm_order(proposal=proposal, code=code, actor=ACTOR, at=at)
        except UnableToOrder:
            return False
        finally:
            connections.close_all()
        return True

    assert sorted(together(yes, times=6)) == [False] * 3 + [True] * 3
    before = {proposal.ref for proposal in waiting[1::2]}
    assert set(Bid.objects.values_list("key", flat=True)) == before
    assert BookCount.objects.get().taken == 3 * 1000


def test_six_yeses_at_once_never_take_more_than_the_book_has():
    book = a_counter_book(target=Decimal(2000), allocation="by_time")
    waiting = [
        a_proposal(an_open_sale(a_buyer(f"+86139001391{number:02}"), book.product))
        for number in range(6)
    ]
    sent = iter([(proposal, code_for(proposal)) for proposal in waiting])

    def yes() -> bool:
        proposal, code = next(sent)
        try:
            confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT)
        except UnableToOrder:
            return False
        finally:
            connections.close_all()
        return True

    assert sum(together(yes, times=6)) == 2 == Bid.objects.count()
    assert BookCount.objects.get().taken == book.target
