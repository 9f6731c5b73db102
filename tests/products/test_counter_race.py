"""Yes on two phones at once, and yes while the outlet takes it back: one thing happens."""

from __future__ import annotations

import pytest
from django.db import connections

from products.models import CounterOrder, Order
from products.use_cases.counter_ordering import confirm_order, withdraw_order
from products.use_cases.order_checks import UnableToOrder
from tests.products.counter import a_proposal, code_for
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
