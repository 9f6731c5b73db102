"""What the registrar tells wrongly is a task of the desk; the customer hears how it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products.gateways.sandbox import PlayedPayments, PlayedRegistrar
from products.models import Mismatch, Order
from products.states import Misfit, OrderStatus
from products.use_cases.carrying import confirm, pay, send
from products.use_cases.placing import redeem
from products.use_cases.reconciling import settle_mismatch, take_confirmation
from products.use_cases.refusals import UnableToList
from products.use_cases.suspending import suspend
from tests.branches.factories import make_staff, make_staff_user
from tests.products.factories import a_buyer, a_product, with_values
from tests.products.test_orders import EVENING, TODAY, holding, order, sent, told
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer():
    return a_buyer()


def test_what_does_not_fit_is_kept_once_with_what_was_told(buyer):
    made = sent(buyer, a_product("R2"))
    wrong = told(made, fee=Decimal("1000.01"))
    for _ in range(2):
        assert take_confirmation(told=wrong, at=EVENING) is None
    row = Mismatch.objects.get()
    assert (row.order, row.why) == (made, Misfit.SUMS)
    assert row.told["fee"] == "1000.01"
    assert Order.objects.get().status == OrderStatus.SENT


@pytest.mark.parametrize("size", ["1E+40", "0.123456789"])
def test_no_figure_is_too_odd_to_be_kept(buyer, size: str):
    made = sent(buyer, a_product("R2"))
    take_confirmation(told=told(made, amount=Decimal(size)), at=EVENING)
    assert Mismatch.objects.get().told["amount"] == size


def test_an_order_that_nobody_knows_is_kept_too(buyer):
    made = sent(buyer, a_product("R2"))
    unknown = uuid4()
    take_confirmation(told=replace(told(made), order=unknown), at=EVENING)
    row = Mismatch.objects.get()
    assert (row.order, row.order_ref, row.why) == (None, unknown, Misfit.UNKNOWN)


def test_right_figures_under_the_same_number_settle_it(buyer):
    made = sent(buyer, a_product("R2"))
    take_confirmation(told=told(made, fee=Decimal(-1)), at=EVENING)
    done = take_confirmation(told=told(made), at=EVENING)
    assert done is not None
    assert done.status == OrderStatus.CONFIRMED
    assert Mismatch.objects.get().settled_at == EVENING
    take_confirmation(told=told(made, number="R-OTHER"), at=EVENING)
    assert Mismatch.objects.open().get().why == Misfit.TWICE


def test_somebody_settles_it_and_says_how(buyer):
    take_confirmation(told=told(sent(buyer, a_product("R2")), value=Decimal(0)), at=EVENING)
    row, desk = Mismatch.objects.get(), make_staff_user()
    with pytest.raises(UnableToList):
        settle_mismatch(mismatch=row, note=" ", by=desk, at=EVENING)
    settle_mismatch(mismatch=row, note="登记机构已更正", by=desk, at=EVENING)
    with pytest.raises(UnableToList):
        settle_mismatch(mismatch=row, note="再次", by=desk, at=EVENING)


def test_it_is_a_task_of_the_desk_until_it_is_settled(buyer):
    take_confirmation(told=told(sent(buyer, a_product("R2")), value=Decimal(0)), at=EVENING)
    officer, adviser = make_staff(Role.OPERATIONS), make_staff(Role.ADVISER)

    def keys(user: Any) -> list[str]:
        return [one.key for one in tasks_by_source(user, EVENING)]

    assert "products.mismatches" in keys(officer)
    assert "products.mismatches" not in keys(adviser)
    settle_mismatch(mismatch=Mismatch.objects.get(), note="已更正", by=officer, at=EVENING)
    assert "products.mismatches" not in keys(officer)


def test_the_sandbox_takes_the_fee_of_the_time_that_units_were_held(buyer):
    product = with_values(a_product("R2"), "1.00", last=TODAY)
    bought = confirm(told=told(sent(buyer, product)), at=EVENING)
    Order.objects.filter(pk=bought.pk).update(dealing_day=TODAY - timedelta(days=30))
    values = {"customer": buyer, "product": product, "key": uuid4(), "actor": ACTOR, "at": AT}
    sale = redeem(units=Decimal(400), **values)
    send(order=sale, registrar=PlayedRegistrar(), at=EVENING)
    (answer,) = PlayedRegistrar().confirmations(TODAY, at=EVENING)
    assert answer.fee == Decimal("2.00")  # 0.5% of 400, not 1.5%


def told_kinds() -> list[str]:
    """Kinds of the messages of this app."""
    rows = Message.objects.filter(text__kind__startswith="products.")
    return list(rows.values_list("text__kind", flat=True))


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({}, "products.order_confirmed"),
        ({"amount": Decimal(400), "fee": Decimal(4)}, "products.order_partly"),
        ({"accepted": False}, "products.order_rejected"),
    ],
)
def test_the_customer_is_told_how_it_went(buyer, changed: dict[str, Any], kind: str):
    take_confirmation(told=told(sent(buyer, a_product("R2")), **changed), at=EVENING)
    deliver_pending()
    assert told_kinds() == [kind]


def test_the_customer_is_told_that_there_was_no_money(buyer):
    made = order(buyer, a_product("R2"), amount=Decimal("1000.13"))
    pay(order=made, gateway=PlayedPayments(), at=AT)
    deliver_pending()
    assert told_kinds() == ["products.order_unpaid"]


def test_who_holds_what_is_suspended_sees_it_and_may_sell(buyer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    product = a_product("R2")
    address = reverse("products:product", args=[product.item.code])
    suspend(product=product, reason="经理离任", by=make_staff_user(), at=AT)
    client = sign_in(Client(headers={"accept-language": "zh-hans"}), buyer.user)
    assert client.get(address).status_code == 404
    holding(buyer, product)
    page = client.get(address).content.decode()
    assert "暂停" in page
    assert "经理离任" not in page  # a word among colleagues
    assert reverse("products:sell", args=[product.item.code]) in page
    assert Client().get(address).status_code == 404
