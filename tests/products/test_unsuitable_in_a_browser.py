"""What does not suit, in a browser: a refusal that says why, and the customer's own wish."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.states import Status
from brokerage.core import clock
from products.models import Order
from suitability.models import InsistCase
from suitability.states import InsistStatus
from tests.accounts.factories import an_application
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer
from tests.products.factories import a_buyer, a_product
from tests.suitability.factories import ANSWERS, a_confirmed_assessment
from tests.users.factories import sign_in

monday = pytest.mark.usefixtures("on_monday")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), monday]
CAREFUL = ANSWERS | {"loss": ["none"], "goal": ["keep"]}
STEPS = 8
"""More than any way to a sale has."""


def shown_to(customer: Any, visit: Any, url: str, width: int = 390) -> Any:
    session = sign_in(Client(), customer.user).cookies["sessionid"].value
    return visit(url, width=width, cookies={"language": "en", "sessionid": session})


def go_on(**spent: int) -> None:
    """Let time go by, for the portal's threads too."""
    clock.set_offset(clock._Clock.offset + timedelta(**spent))


def a_careful_customer() -> Any:
    """Somebody of the lowest class with an active account."""
    customer, outlet = a_customer("+8613900139300"), make_unit()
    customer.home_outlet_ref = outlet.ref
    customer.save()
    a_confirmed_assessment(customer, CAREFUL)
    an_application(Status.ACTIVE, customer=customer, outlet=outlet)
    return customer


def test_a_refusal_says_why_and_what_would_suit(live_server: Any, visit: Any) -> None:
    product, fitting = a_product("R4", item={"type": "equity"}), a_product("R1")
    customer = a_careful_customer()
    address = f"{live_server.url}/products/{product.item.code}/"
    shown = shown_to(customer, visit, address)
    page = shown.page
    page.get_by_role("heading", name="This does not suit you").wait_for()
    assert page.get_by_role("link", name="Buy", exact=True).count() == 0
    page.get_by_role("button", name="Keep this result").click()
    page.get_by_text("You cannot buy it.").wait_for()
    assert str(fitting) in page.locator("main").inner_text()
    assert page.get_by_role("link", name="If you want it all the same").count() == 0
    assert shown.axe() == []

    page.goto(f"{address}buy/")
    page.get_by_label("Amount in yuan").fill("1000")
    page.get_by_role("button", name="See what it costs").click()
    page.get_by_text("You cannot buy it.").wait_for()
    assert not Order.objects.exists()


def test_a_wish_of_ones_own_is_warned_paused_told_and_ordered(
    live_server: Any, visit: Any
) -> None:
    """The riskiest: told on one day, a day to think, and the wish once more on the day of sale."""
    product, customer = a_product("R5", item={"type": "equity"}), a_buyer()
    address = f"{live_server.url}/products/{product.item.code}/"
    shown = shown_to(customer, visit, address)
    _insist(shown.page)
    assert shown.axe() == []
    assert InsistCase.objects.get().status == InsistStatus.CONFIRMED
    shown.page.get_by_role("button", name="What you have to know before you buy").click()
    _be_told(shown.page)
    assert shown.axe() == []
    thinking = shown.page.url

    go_on(hours=24)
    page = shown_to(customer, visit, thinking).page
    page.get_by_role("button", name="I still want it").click()
    page.get_by_role("heading", name="We have told you everything").wait_for()
    page.goto(address)
    assert page.get_by_role("link", name="Buy", exact=True).count() == 0
    _insist(page)
    page.goto(address)
    page.get_by_role("link", name="Buy", exact=True).click()
    page.get_by_label("Amount in yuan").fill("1000")
    page.get_by_role("button", name="See what it costs").click()
    page.get_by_role("button", name="Order now").click()
    page.get_by_role("heading", name="Buy for CNY").wait_for()
    assert Order.objects.get().product == product


def _insist(page: Any) -> None:
    """From the page of a product to a confirmed wish, the pause included."""
    page.get_by_role("button", name="Keep this result").click()
    page.get_by_role("link", name="If you want it all the same").click()
    page.get_by_label("How did you come to it").fill("I read its report and know the trade.")
    page.get_by_label("I ask for this of my own accord").check()
    page.get_by_role("button", name="Go on to the warning").click()
    page.get_by_role("heading", name="Special risk warning").wait_for()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Acknowledge the warning").click()
    page.get_by_text("You can confirm from").wait_for()
    assert page.get_by_role("button", name="I still want it").count() == 0
    for _each in range(3):  # a session that nobody uses ends before the pause does
        go_on(minutes=11)
        page.get_by_role("link", name="Look again").click()
    page.get_by_role("button", name="I still want it").click()
    page.get_by_role("heading", name="Your wish is on record").wait_for()
    page.wait_for_load_state()  # the heading is there before the page is whole


def _be_told(page: Any) -> None:
    """Read and acknowledge everything that is told before the sale, up to the time to think."""
    for _step in range(STEPS):
        go_on(minutes=10)
        page.reload()
        if page.get_by_role("heading", name="Take your time to think").count():
            return
        for box in page.get_by_role("checkbox").all():
            box.check()
        for words in page.get_by_role("textbox").all():
            words.fill("Savings of last year; I do not need them for five years.")
        with page.expect_navigation():  # the state of loading is the old page's until it is left
            page.locator("main form .btn:not([name])").first.click()
    raise AssertionError(page.locator("main").inner_text())
