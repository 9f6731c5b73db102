"""Two devices say yes at once, and two baskets want the last of a quota."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connections

from products.models import Basket, BasketItem, Order, Quota
from tests.products.basket import order_all, put_in, seen_by
from tests.products.factories import a_buyer, a_product
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_the_same_yes_from_eight_devices_is_one_order_a_fund():
    buyer = a_buyer()
    for _ in range(2):
        put_in(buyer)
    seen = seen_by(buyer)

    def yes() -> list[int]:
        try:
            done = order_all(buyer, seen)
            assert done.refused == []
            return [order.pk for order in done.placed]
        finally:
            connections.close_all()

    answers = together(yes, times=8)
    assert len({tuple(each) for each in answers}) == 1
    assert Order.objects.count() == 2
    assert Basket.objects.get().status == "ordered"


def test_two_baskets_share_no_yuan_of_the_last_of_a_quota():
    product = a_product("R2", terms={"quota": Decimal(1000)})
    buyers = [a_buyer(f"+86139001391{number:02}") for number in range(4)]
    for buyer in buyers:
        put_in(buyer, product, "600")
        put_in(buyer, amount="50")
    waiting = iter([(buyer, seen_by(buyer)) for buyer in buyers])

    def yes() -> tuple[int, int]:
        try:
            done = order_all(*next(waiting))
            return len(done.placed), len(done.refused)
        finally:
            connections.close_all()

    answers = together(yes, times=4)
    assert sorted(answers) == [(1, 1), (1, 1), (1, 1), (2, 0)]
    assert Quota.objects.get().taken == 600
    assert BasketItem.objects.waiting().count() == 3
