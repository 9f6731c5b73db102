"""The shelf in a browser: sound on a phone and a desk, and a fund bought and taken back."""

from __future__ import annotations

import pytest
from django.test import Client

from products.models import Order
from products.tasks import carry_on
from suitability.models import Exposure
from tests.products.factories import a_buyer, a_product, a_told_decision, agreed, with_values
from tests.suitability.test_in_a_browser import look_at
from tests.users.factories import sign_in

monday = pytest.mark.usefixtures("on_monday")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), monday]
ENGLISH = {"language": "en"}


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-hans"), (390, "en")])
def test_the_pages_are_sound(live_server, visit, width, language):
    buyer = agreed(a_buyer())
    fits = with_values(
        a_product("R2", benchmark_zh="指数", benchmark_en="Index"), "1", "1.2", "1.1", "1.3"
    )
    risky = a_product("R5", item={"type": "equity"})
    client = sign_in(Client(), buyer.user)
    client.post("/products/for-me/")
    codes = [f"/products/{each.item.code}/" for each in (fits, risky)]
    urls = ["/products/", "/products/orders/", "/products/for-me/", f"{codes[0]}buy/", *codes]
    assert look_at(visit, live_server, buyer.user, urls, width, language) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_close_to_a_mismatch_comes_by_itself_or_by_a_tap(live_server, visit, scripts):
    buyer, near = a_buyer(), a_product("R4", item={"type": "equity"})
    risky = a_product("R5", item={"type": "equity"})
    cookies = ENGLISH | {"sessionid": sign_in(Client(), buyer.user).cookies["sessionid"].value}
    url = f"{live_server.url}/products/{risky.item.code}/"
    shown = visit(url, cookies=cookies, scripts=scripts)
    if scripts:
        shown.page.get_by_role("link", name=near.item.name_en).wait_for()
        assert (shown.axe(), shown.overflows()) == ([], False)
    else:
        assert not Exposure.objects.exists()
        shown.follow(shown.page.get_by_role("button", name="Close to it, and suitable"))
        assert near.item.name_en in shown.page.inner_text("main")
    assert Exposure.objects.get().item == near.item
    assert shown.problems == []


def test_paper_shows_drawings_and_their_figures(live_server, visit):
    product = with_values(
        a_product("R2", benchmark_zh="指数", benchmark_en="Index"), "1", "1.2", "1.1", "1.3"
    )
    page = visit(f"{live_server.url}/products/{product.item.code}/", cookies=ENGLISH).page
    figures = page.locator("#past ~ figure")
    assert not figures.locator("td").first.is_visible()
    page.emulate_media(media="print")
    assert figures.count() == 2
    for figure in figures.all():
        assert figure.locator("svg").is_visible()
        assert figure.locator("td").last.is_visible(), "nobody opens a table on paper"
    assert not page.locator(".btn").first.is_visible()


def test_a_fund_is_bought_and_taken_back(live_server, visit):
    buyer, product = a_buyer(), a_product("R2")
    a_told_decision(buyer, product)
    cookies = ENGLISH | {"sessionid": sign_in(Client(), buyer.user).cookies["sessionid"].value}
    shown = visit(f"{live_server.url}/products/{product.item.code}/", cookies=cookies)
    page = shown.page
    page.get_by_role("link", name="Buy", exact=True).click()
    page.get_by_label("Amount in yuan").fill("9")
    page.get_by_role("button", name="See what it costs").click()
    assert "This is less than the least amount" in page.locator("main").inner_text()
    page.get_by_label("Amount in yuan").fill("1,000")
    page.get_by_role("button", name="See what it costs").click()
    assert "11.86" in page.locator("main").inner_text()
    page.get_by_role("button", name="Order now").click()
    page.get_by_role("heading", name="Buy for CNY").wait_for()
    carry_on(ref=str(Order.objects.get().ref))
    page.reload()
    page.get_by_role("button", name="Take the order back").click()
    page.get_by_text("taken back", exact=True).first.wait_for()
    assert Order.objects.get().status == "cancelled"
