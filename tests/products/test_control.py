"""How much one customer may have, and what the product desk watches."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from brokerage.core import clock
from brokerage.core.roles import Role
from products.models import Holding, Product, Terms
from products.selectors import control
from products.selectors.exposure import committed
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.placing import redeem
from products.use_cases.refusals import UnableToList
from products.use_cases.sharing_out import share_out
from products.use_cases.suspending import suspend
from tests.branches.factories import make_staff, make_staff_user
from tests.products.factories import (
    a_book,
    a_buyer,
    a_complaint,
    a_private_contract,
    a_private_fund,
    a_product,
    a_qualified_buyer,
    a_told_decision,
    with_values,
)
from tests.products.test_books import CLOSES, closed, paid
from tests.products.test_orders import order
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def test_what_is_held_and_ordered_together_stays_below_the_limit_to_the_cent():
    buyer = a_buyer()
    product = with_values(a_product("R2", terms={"most_held": Decimal(3000)}), "1.25")
    Holding.objects.create(customer=buyer, product=product, units=Decimal(800))  # 1,000 yuan
    decision = a_told_decision(buyer, product)
    order(buyer, product, decision=decision, amount=Decimal("999.99"))
    assert committed(buyer, product) == Decimal("1999.99")
    with pytest.raises(UnableToOrder, match="at most") as refused:
        order(buyer, product, decision=decision, amount=Decimal("1000.02"))
    assert refused.value.field == "amount"
    assert order(buyer, product, decision=decision, amount=Decimal("1000.01")).pk
    with pytest.raises(UnableToOrder):
        order(buyer, product, decision=decision, amount=Decimal(10))
    sold: dict[str, Any] = {"units": Decimal(800), "key": uuid4(), "actor": ACTOR, "at": AT}
    assert redeem(customer=buyer, product=product, **sold).pk  # less is always allowed


def test_the_limit_is_shown_before_and_holds_for_private_funds_too(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    buyer, product = a_buyer(), a_product("R2", terms={"most_held": Decimal(3000)})
    client = sign_in(Client(headers={"accept-language": "en"}), buyer.user)
    address = f"/products/{product.item.code}/"
    assert "Most that one customer may have" in client.get(address).content.decode()
    given = {"amount": "3000.01", "key": str(uuid4())}
    answer = client.post(f"{address}buy/", given)
    assert (answer.status_code, "at most" in answer.content.decode()) == (409, True)
    fund = a_private_fund(most_held=Decimal(1_500_000))
    with pytest.raises(UnableToList, match="at most"):
        a_private_contract(a_qualified_buyer(), product=fund, amount=Decimal(1_510_000))


def test_a_limit_below_the_least_amount_is_refused():
    with pytest.raises(UnableToList, match="least amount"):
        a_product("R2", terms={"most_held": Decimal(9)})
    terms = Terms.objects.get(product=a_product("R2"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Terms.objects.filter(pk=terms.pk).update(most_held=1)


def test_what_is_allotted_bid_for_and_signed_for_is_exposure_too():
    buyer, book, fund = a_buyer(), a_book(target=Decimal(1000)), a_private_fund()
    paid(buyer, book, "1000", "1000")
    a_private_contract(product=fund)
    rows = Product.objects.filter(pk__in=[book.product_id, fund.pk])

    def seen() -> dict[int, Any]:
        found = control.watched(rows, AT.date())[0]
        return {one.product.pk: (one.worth, one.holders, one.on_the_way) for one in found}

    assert seen() == {book.product_id: (0, 0, 2), fund.pk: (0, 0, 1)}
    share_out(book=closed(book), at=CLOSES)
    assert seen()[book.product_id] == (Decimal(1000), 1, 0)


def test_the_desk_sees_exposure_quota_and_complaints_of_each_product(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(control, "PER_PAGE", 1)
    buyer = a_buyer()
    product = with_values(a_product("R2", terms={"quota": Decimal(5000)}), "1.25")
    other = a_product("R1")
    Holding.objects.create(customer=buyer, product=product, units=Decimal(800))
    order(buyer, product, amount=Decimal(500))
    a_complaint(buyer, product=product)
    suspend(product=product, reason="核查", by=make_staff_user(), at=AT)
    rows = Product.objects.filter(pk__in=[product.pk, other.pk])
    with django_assert_num_queries(8):
        (first,), after = control.watched(rows, AT.date())
    (second,), end = control.watched(rows, AT.date(), after=after)
    found = {one.product.pk: one for one in (first, second)}
    mine, empty = found[product.pk], found[other.pk]
    assert (mine.worth, mine.holders, mine.on_the_way) == (Decimal(1000), 1, 1)
    assert (mine.quota, mine.complaints, mine.suspended) == (
        (Decimal(500), Decimal(5000)),
        1,
        True,
    )
    assert (empty.worth, empty.quota, empty.complaints, end) == (Decimal(0), None, 0, "")
    page = "/admin/products/product/control/"
    desk = sign_in(Client(headers={"accept-language": "zh-hans"}), make_staff(Role.HEAD_OFFICE))
    assert "产品监控" in desk.get(page).content.decode()
    outlet = sign_in(Client(), make_staff(Role.ADVISER))
    assert outlet.get(page).status_code == 403
