"""An order at the counter in two browsers: the customer's phone and the outlet's screen."""

from __future__ import annotations

from typing import Any

import pytest

from brokerage.users import codes
from products.models import Bid, Order, SaleRelease
from tests.backoffice.factories import desk_of
from tests.products.counter import a_counter_book, a_counter_product, a_seller
from tests.products.factories import a_buyer, a_told_decision

monday = pytest.mark.usefixtures("on_monday")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), monday]


def look(shown: Any) -> None:
    assert shown.problems == []
    assert shown.axe() == []
    assert not shown.overflows()


def press(shown: Any, css: str) -> None:
    shown.follow(shown.page.locator(css).first)
    look(shown)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("made", [Order, Bid])
def test_code_amount_yes(live_server, visit, language, made):
    product = a_counter_product() if made is Order else a_counter_book().product
    buyer, seller = a_buyer(), a_seller()
    a_told_decision(buyer, product)

    def open_as(user: Any, path: str, width: int) -> Any:
        session = desk_of(user).cookies["sessionid"].value
        cookies = {"sessionid": session, "language": language}
        return visit(f"{live_server.url}{path}", width=width, cookies=cookies)

    phone = open_as(buyer.user, f"/products/{product.item.code}/", 390)
    look(phone)
    if made is Bid:
        press(phone, 'a[href$="/book/"]')
    press(phone, 'form[action$="/at-outlet/"] button')
    mine, code = phone.page.url, SaleRelease.objects.get().code_text
    assert code in phone.page.inner_text("main")

    desk = open_as(seller, "/admin/products/order/counter/", 1280)
    desk.page.fill('input[name="code"]', code)
    press(desk, "main form button.btn")
    desk.page.fill('input[name="amount"]', "9")
    press(desk, "main section form button.btn")
    assert desk.page.input_value('input[name="amount"]') == "9"
    desk.page.fill('input[name="amount"]', "1000")
    press(desk, "main section form button.btn")

    phone = open_as(buyer.user, mine.removeprefix(live_server.url), 390)
    look(phone)
    assert seller.display_name in phone.page.inner_text("main")
    sender = codes.RecordingSender()
    before = codes.set_code_sender(sender)
    try:
        press(phone, 'button[value="code"]')
    finally:
        codes.set_code_sender(before)
    phone.page.fill('input[name="code"]', sender.sent[0].code)
    press(phone, "#answer ~ form button.btn-wide")
    assert made.objects.get().amount == 1000
