"""Many want the last of a quota at once: no yuan more is sold than there is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from products.models import Order, Quota
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.placing import subscribe
from tests.products.factories import a_buyer, a_product, a_told_decision
from tests.suitability.factories import ACTOR, AT
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
THREADS, TRIED = 16, 1008
LEFT = 100
"""Orders of one yuan that the quota takes; a thousand are tried."""


def test_a_thousand_orders_for_the_last_hundred_units():
    product = a_product(
        "R2", terms={"quota": Decimal(LEFT), "minimum": Decimal(1), "step": Decimal(1)}
    )
    buyers = [a_buyer(f"+86139001391{number:02}") for number in range(4)]
    told = [(buyer, a_told_decision(buyer, product)) for buyer in buyers]
    numbers = iter(range(THREADS))

    def many() -> int:
        buyer, decision = told[next(numbers) % len(told)]
        try:
            return sum(one(buyer, decision) for _ in range(TRIED // THREADS))
        finally:
            connections.close_all()

    def one(buyer: Any, decision: Any) -> int:
        try:
            subscribe(
                customer=buyer,
                product=product,
                amount=Decimal(1),
                decision=decision,
                day=AT.date(),
                key=uuid4(),
                actor=ACTOR,
                at=AT,
            )
        except UnableToOrder:
            return 0
        return 1

    sold = sum(together(many, times=THREADS, patience=300))
    assert sold == LEFT == Order.objects.count()
    assert Quota.objects.get().taken == LEFT
