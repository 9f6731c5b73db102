"""Less is always allowed, and whoever sells sees before what it brings and for which day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.dormancy.dated import dormancy_terms
from accounts.dormancy.selectors import uses
from accounts.models import Application, Dormancy
from branches.models import OrgUnit
from brokerage.core import clock
from products.gateways.sandbox import PlayedRegistrar
from products.models import Holding, Order
from products.states import OrderStatus
from products.use_cases.carrying import cancel, confirm, send
from products.use_cases.order_checks import LookAgain, UnableToOrder
from products.use_cases.placing import redeem
from tests.products.factories import a_buyer, a_product, with_values
from tests.products.test_orders import EVENING, TODAY, holding, sent, told
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def sold(buyer: Any, product: Any, units: Decimal, **values: Any) -> Order:
    """A sale that the registrar has."""
    given = {"customer": buyer, "product": product, "actor": ACTOR, "at": AT, "key": uuid4()}
    return send(
        order=redeem(units=units, **(given | values)), registrar=PlayedRegistrar(), at=EVENING
    )


@pytest.fixture
def buyer():
    return a_buyer()


def test_without_an_outlet_a_sale_belongs_where_the_units_were_bought(buyer):
    product = a_product("R2")
    bought = confirm(told=told(sent(buyer, product)), at=EVENING)
    buyer.home_outlet_ref = None
    buyer.save()
    row = sold(buyer, product, Decimal(100))
    assert (row.outlet, row.company) == (bought.outlet, bought.company)


def test_an_outlet_that_was_closed_stands_in_no_way(buyer):
    product = a_product("R2")
    bought = confirm(told=told(sent(buyer, product)), at=EVENING)
    assert bought.outlet_id is not None
    OrgUnit.objects.filter(pk=bought.outlet_id).update(ref=uuid4())  # as if it were gone
    assert sold(buyer, product, Decimal(100)).outlet_id == bought.outlet_id


def rests(buyer: Any, *stops: str) -> None:
    Dormancy.objects.create(
        application=Application.objects.get(customer=buyer),
        status="dormant",
        told_on=TODAY - timedelta(days=400),
        rests_on=TODAY - timedelta(days=370),
        looked_on=TODAY,
        stopped=list(stops),
        rule_version="accounts.dormancy@2020-01-01",
    )


def test_an_account_at_rest_sells_and_does_not_buy(buyer):
    product = a_product("R2")
    holding(buyer, product)
    rests(buyer, "buy", "deposit", "sell")
    assert sold(buyer, product, Decimal(100)).status == OrderStatus.SENT
    with pytest.raises(UnableToOrder):
        sent(buyer, product)


def test_who_holds_a_fund_does_not_leave_the_account_unused(buyer):
    assert dormancy_terms(TODAY).years  # the rule that looks
    rows = Application.objects.filter(customer=buyer)
    used = uses.get("products")
    assert not rows.filter(used()).exists()
    held = holding(buyer, a_product("R2"))
    assert rows.filter(used()).exists()
    Holding.objects.filter(pk=held.pk).update(units=0)
    assert not rows.filter(used()).exists()


def test_all_that_is_free_can_be_sold_with_whatever_decimals_it_has(buyer):
    product = a_product("R2")
    holding(buyer, product, "0.004567")
    with pytest.raises(UnableToOrder):
        sold(buyer, product, Decimal("0.004"))
    gone = sold(buyer, product, Decimal("0.004567"))
    figures: dict[str, Any] = {"value": Decimal("1.04"), "fee": Decimal(0)}
    confirm(told=told(gone, amount=Decimal("0.00"), **figures), at=EVENING)
    held = Holding.objects.get()
    assert held.units == held.reserved == Decimal(0)


def test_a_sale_told_for_another_day_is_asked_again(buyer):
    product = a_product("R2")
    holding(buyer, product)
    with pytest.raises(LookAgain):
        sold(buyer, product, Decimal(1), day=TODAY + timedelta(days=1))
    made = sold(buyer, product, Decimal(1), day=TODAY)
    assert made.dealing_day == TODAY


def page(buyer: Any, product: Any) -> tuple[Client, str]:
    client = sign_in(Client(headers={"accept-language": "en"}), buyer.user)
    return client, reverse("products:sell", args=[product.item.code])


def test_the_page_shows_what_it_brings_and_for_which_day_before_it_sells(
    buyer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    product = with_values(a_product("R2", terms={"arrival_days": 3}), "1.25")
    confirm(told=told(sent(buyer, product)), at=EVENING)
    month_ago = TODAY - timedelta(days=30)
    Order.objects.update(dealing_day=month_ago)
    client, address = page(buyer, product)
    shown = client.post(address, {"units": "400", "key": uuid4()})
    text = shown.content.decode()
    assert shown.context["bill"].fee == Decimal("2.50")  # 0.5% of 500, not the 1.5% of a week
    assert "497.50" in text
    assert shown.context["arrives"] == TODAY + timedelta(days=3)  # from a Monday on
    assert "Should arrive by" in text
    assert not Order.objects.filter(side="redeem").exists()
    fields = shown.context["form"].initial
    placed = {"step": "place"} | {name: str(value) for name, value in fields.items()}
    early = client.post(address, placed | {"day": "2026-02-27"})
    assert "The time for that day has passed" in early.content.decode()
    assert client.post(address, placed).status_code == 302
    again = client.post(address, placed)
    assert again.status_code == 302
    made = Order.objects.get(side="redeem")
    assert (made.units, made.dealing_day) == (Decimal(400), TODAY)
    assert "Should arrive by" in client.get(again["Location"]).content.decode()
    cancel(order=made, actor=ACTOR, at=AT)
    assert "Should arrive by" not in client.get(again["Location"]).content.decode()


def test_all_of_them_are_one_tap_also_with_six_decimals(buyer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    product = a_product("R2")
    holding(buyer, product, "12.345678")
    client, address = page(buyer, product)
    shown = client.post(address, {"all": "1", "units": "", "key": uuid4()})
    assert shown.context["bill"] is None  # no value yet: it can be sold all the same
    fields = shown.context["form"].initial
    placed = {"step": "place"} | {name: str(value) for name, value in fields.items()}
    for _ in range(2):
        assert client.post(address, placed).status_code == 302
    assert Order.objects.get().units == Decimal("12.345678")


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("x", 422), ("1.001", 409), ("0", 409)])
def test_what_cannot_be_sold_is_said_beside_the_units(
    buyer, monkeypatch: pytest.MonkeyPatch, typed: str, status: int
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    product = a_product("R2")
    holding(buyer, product)
    client, address = page(buyer, product)
    answer = client.post(address, {"units": typed, "key": uuid4()})
    assert answer.status_code == status
    assert answer.context["form"].errors["units"]
