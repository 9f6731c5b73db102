"""Nobody's account is closed or put to rest while money or rights of products need it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.life.obstacles import obstacles_of
from accounts.life.states import Obstacle
from accounts.models import Application
from branches.models import OrgUnit
from brokerage.core import clock
from products.models import Bid, Order, PrivateContract
from products.use_cases.carrying import confirm
from tests.products.factories import (
    a_bare_contract,
    a_bid,
    a_buyer,
    a_product,
    an_order,
)
from tests.products.test_orders import EVENING, holding, told
from tests.products.test_selling import sold
from tests.suitability.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer():
    return a_buyer()


def kinds(buyer: Any) -> list[Obstacle]:
    found = obstacles_of(Application.objects.get(customer=buyer))
    assert all(each.todo and each.url for each in found)
    return [each.kind for each in found]


def outlet_of(buyer: Any) -> OrgUnit:
    return OrgUnit.objects.get(ref=buyer.home_outlet_ref)


def test_without_anything_nothing_of_products_is_in_the_way(buyer):
    assert kinds(buyer) == []


def test_units_are_in_the_way_until_they_are_sold(buyer):
    held = holding(buyer, a_product("R2"), "0.01")
    assert kinds(buyer) == [Obstacle.FUNDS]
    held.units = Decimal(0)
    held.save()
    assert kinds(buyer) == []


@pytest.mark.parametrize(("days", "waits"), [(3, True), (None, False)])
def test_proceeds_are_waited_for_where_their_day_is_known(
    buyer, days: int | None, waits: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    product = a_product("R2", terms={"arrival_days": days})
    holding(buyer, product)
    gone = sold(buyer, product, Decimal(500))
    assert kinds(buyer) == [Obstacle.FUNDS, Obstacle.ORDERS]
    figures: dict[str, Any] = {"value": Decimal(1), "fee": Decimal(0)}
    confirm(told=told(gone, amount=Decimal(500), **figures), at=EVENING)
    assert kinds(buyer) == ([Obstacle.ORDERS] if waits else [])
    monkeypatch.setattr(clock, "now", lambda: EVENING + timedelta(days=4))
    assert kinds(buyer) == []


def an_order_of(buyer: Any) -> Any:
    return an_order(buyer, outlet_of(buyer))


def a_bid_of(buyer: Any) -> Any:
    return a_bid(buyer, outlet_of(buyer))


def a_contract_of(buyer: Any) -> Any:
    return a_bare_contract(buyer, outlet_of(buyer))


@pytest.mark.parametrize("make", [an_order_of, a_bid_of, a_contract_of])
def test_what_is_on_its_way_is_in_the_way_until_it_has_ended_and_is_paid_back(buyer, make: Any):
    row = make(buyer)
    assert kinds(buyer) == [Obstacle.ORDERS]
    model: type[Order | Bid | PrivateContract] = type(row)
    mine: Any = model.objects.filter(pk=row.pk)
    mine.update(status="lapsed", ended_at=AT)
    assert kinds(buyer) == [Obstacle.REFUNDS]  # nobody knows yet whether the money was taken
    back = {"refund": row.amount, "paid_at": AT}
    if model is Order:
        back |= {"invested": 0, "fee": 0}
    if model is Bid:
        back |= {"allotted": 0}
    mine.update(revoked_at=AT, **back)
    assert kinds(buyer) == [Obstacle.REFUNDS]
    mine.update(refunded_at=AT)
    assert kinds(buyer) == []
