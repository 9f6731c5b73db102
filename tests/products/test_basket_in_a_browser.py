"""The basket on a phone, in both languages: of two funds one is suspended, the other bought."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from products.models import BasketItem, Order
from products.use_cases.suspending import suspend
from tests.branches.factories import make_staff_user
from tests.products.basket import put_in
from tests.products.factories import a_buyer, a_product, a_told_decision
from tests.suitability.factories import AT
from tests.suitability.test_in_a_browser import look_at
from tests.users.factories import sign_in

monday = pytest.mark.usefixtures("on_monday")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), monday]
WORDS = {
    "en": {
        "amount": "Amount in yuan",
        "put": "Put it in the basket",
        "little": "This is less than the least amount",
        "save": "Save the amounts",
        "look": "See all of it and order",
        "order": "Order now",
        "gone": "This is not for sale at the moment.",
        "placed": "1 order was placed.",
    },
    "zh-hans": {
        "amount": "金额（元）",
        "put": "放进购物车",
        "little": "低于起购金额",
        "save": "保存金额",
        "look": "核对并下单",
        "order": "确认下单",
        "gone": "目前不在售。",
        "placed": "已下单 1 笔。",
    },
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_two_funds_of_which_one_is_suspended_meanwhile(
    live_server: Any, visit: Any, language: str
) -> None:
    words, buyer = WORDS[language], a_buyer()
    funds = [a_product("R2"), a_product("R2")]
    for fund in funds:
        a_told_decision(buyer, fund)
    session = sign_in(Client(), buyer.user).cookies["sessionid"].value
    cookies = {"language": language, "sessionid": session}
    for fund in funds:
        shown = visit(
            f"{live_server.url}/products/{fund.item.code}/buy/", width=390, cookies=cookies
        )
        page = shown.page
        page.get_by_label(words["amount"]).fill("1,000")
        page.get_by_role("button", name=words["put"]).click()
        name = fund.item.name_en if language == "en" else fund.item.name_zh
        page.get_by_role("heading", name=name).wait_for()
    assert [*shown.problems, *shown.axe()] == []
    page.get_by_label(words["amount"]).first.fill("5")
    page.get_by_label(words["amount"]).first.press("Enter")  # saves, and takes nothing out
    page.get_by_text(words["little"]).wait_for()
    assert BasketItem.objects.count() == 2
    page.get_by_label(words["amount"]).first.fill("2000")
    page.get_by_role("button", name=words["look"]).click()
    page.get_by_role("button", name=words["order"]).wait_for()
    assert shown.axe() == []
    assert not shown.overflows()
    suspend(product=funds[0], reason="暂停", by=make_staff_user(), at=AT)
    page.get_by_role("button", name=words["order"]).click()
    page.get_by_text(words["placed"]).wait_for()
    assert words["gone"] in page.locator("main").inner_text()
    assert shown.axe() == []
    order = Order.objects.get()
    assert (order.product, order.amount) == (funds[1], Decimal(1000))
    assert BasketItem.objects.waiting().get().product == funds[0]


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-hans"), (360, "en")])
def test_the_pages_are_sound(live_server, visit, width, language) -> None:
    buyer = a_buyer()
    changed = put_in(buyer, a_product("R1"), "12345678.90")
    put_in(buyer)
    little = put_in(buyer)
    BasketItem.objects.filter(pk=little.pk).update(amount="0.01")
    closed = put_in(buyer)
    suspend(product=closed.product, reason="暂停", by=make_staff_user(), at=AT)
    other_terms = a_product("R1").terms.get()
    BasketItem.objects.filter(pk=changed.pk).update(terms=other_terms)
    urls = ["/products/basket/", "/products/basket/order/", "/products/"]
    assert look_at(visit, live_server, buyer.user, urls, width, language) == []
    other = a_buyer("+8613900139188")
    assert look_at(visit, live_server, other.user, urls[:1], width, language) == []
