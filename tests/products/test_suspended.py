"""A suspension looks at money under way: it is told, listed, and nothing new binds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core.roles import Role
from brokerage.messaging.models import Message
from products.gateways.sandbox import PlayedPayments
from products.models import Order, PrivateContract
from products.private_states import PrivateStatus
from products.use_cases.private_selling import cancel_contract, confirm_in_call, pay_contract
from products.use_cases.refusals import UnableToList
from products.use_cases.suspending import ask_to_resume, suspend, tell_who_waits
from tests.branches.factories import make_staff, make_staff_user
from tests.products.factories import (
    a_book,
    a_buyer,
    a_private_contract,
    a_product,
    approve,
)
from tests.products.test_books import bid
from tests.products.test_orders import order, sent
from tests.suitability.factories import ACTOR, AT

pytestmark = pytest.mark.django_db
CALLED = AT + timedelta(hours=24)


def stop(product: Any) -> None:
    suspend(product=product, reason="经理离任", by=make_staff_user(), at=AT)


def told(user: Any) -> list[str]:
    rows = Message.objects.filter(user=user, text__kind="products.suspended_meanwhile")
    return [row.values["link"] for row in rows.order_by("pk")]


def test_who_has_money_under_way_is_told_once_that_it_can_be_taken_back():
    buyer, product = a_buyer(), a_product("R2")
    waits = order(buyer, product)
    sent(buyer, product)  # with the registrar: nothing can be done any more
    tell_who_waits(product=product, key="1", at=AT)
    assert told(buyer.user) == []  # nothing is suspended
    stop(product)
    for _ in range(2):
        tell_who_waits(product=product, key="1", at=AT)
    assert told(buyer.user) == [reverse("products:order", args=[waits.ref])]


def test_bids_and_contracts_are_told_too():
    buyer, book, row = a_buyer(), a_book(), a_private_contract()
    made = bid(buyer, book)
    for product in (book.product, row.product):
        stop(product)
        tell_who_waits(product=product, key="1", at=AT)
    assert told(buyer.user) == [reverse("products:bid", args=[made.ref])]
    assert told(row.customer.user) == [reverse("products:private", args=[row.ref])]


def test_nothing_binds_while_the_fund_is_suspended():
    row = pay_contract(contract=a_private_contract(), gateway=PlayedPayments(), at=AT)
    stop(row.product)
    values: dict[str, Any] = {"note": "本人自愿", "by": make_staff_user(), "at": CALLED}
    with pytest.raises(UnableToList, match="suspended"):
        confirm_in_call(contract=row, **values)
    assert not Order.objects.exists()
    wish = ask_to_resume(
        product=row.product, reason="新经理到任", maker=make_staff_user(), at=CALLED
    )
    approve(wish, at=CALLED)
    confirm_in_call(contract=row, **values)
    assert Order.objects.exists()


def test_what_is_suspended_can_be_taken_back():
    row = pay_contract(contract=a_private_contract(), gateway=PlayedPayments(), at=AT)
    stop(row.product)
    cancel_contract(contract=row, actor=ACTOR, at=CALLED)
    assert PrivateContract.objects.get().status == PrivateStatus.CANCELLED


def test_it_is_a_task_while_money_is_under_way():
    buyer, product = a_buyer(), a_product("R2")
    officer, adviser = make_staff(Role.COMPLIANCE), make_staff(Role.ADVISER)

    def keys(user: Any) -> list[str]:
        return [one.key for one in tasks_by_source(user, AT)]

    stop(a_product("R2"))
    assert "products.suspended" not in keys(officer)
    order(buyer, product)
    stop(product)
    assert "products.suspended" in keys(officer)
    assert "products.suspended" not in keys(adviser)
