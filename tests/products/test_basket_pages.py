"""The pages of the basket: what holds now, beside each fund; nothing typed is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brokerage.core import clock
from products.models import Basket, BasketItem, Order
from products.use_cases.suspending import suspend
from tests.branches.factories import make_staff_user
from tests.customers.factories import a_customer
from tests.products.basket import basket_of, put_in, seen_by
from tests.products.factories import a_buyer, a_plan, a_product
from tests.suitability.factories import AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
PAGE, ORDER = "/products/basket/", "/products/basket/order/"
QUERIES = 31
"""Of the basket and of the look before the order, however many funds are in it."""


@pytest.fixture(autouse=True)
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def buyer():
    return a_buyer()


@pytest.fixture
def client(buyer) -> Client:
    return sign_in(Client(headers={"accept-language": "en"}), buyer.user)


def page(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return read(answer)


def read(answer: Any) -> str:
    """The text of a page, its narrow spaces as spaces."""
    return str(answer.content.decode()).replace("\xa0", " ")


def fields(buyer: Any, **more: str) -> dict[str, str]:
    """What the form of the basket sends."""
    basket = basket_of(buyer)
    found = {f"amount-{item.ref}": str(item.amount) for item in basket.items.all()}
    return found | {"version": str(basket.version)} | more


def test_a_fund_is_put_in_from_its_page_and_the_shelf_counts_it(buyer, client):
    product = a_product("R2")
    code = product.item.code
    assert "Put CNY 10,000.00 of it in the basket" in page(client, f"/products/{code}/")
    answer = client.post(f"/products/{code}/basket/", {"amount": "1,000"})
    assert answer["Location"] == PAGE
    assert BasketItem.objects.get().amount == 1000
    for path in ("/products/", "/products/orders/", f"/products/{code}/"):
        assert ", 1 fund</span>" in page(client, path)
    assert client.get(f"/products/{code}/basket/")["Location"] == f"/products/{code}/buy/"


@pytest.mark.parametrize(
    ("amount", "status", "said"),
    [
        ("9", 409, "less than the least amount"),
        ("-5", 422, "Enter an amount in yuan"),
        ("0", 422, "between 0.01"),
        ("1.005", 422, "at most two decimals"),
        ("9" * 25, 422, "too large"),
        ("", 422, "This field is required"),
    ],
)
def test_an_amount_that_cannot_be_stands_beside_its_field(client, amount, status, said):
    answer = client.post(f"/products/{a_product('R2').item.code}/basket/", {"amount": amount})
    assert answer.status_code == status
    text = read(answer)
    assert said in text
    assert f'value="{amount}"' in text or not amount
    assert not BasketItem.objects.exists()


def test_only_funds_go_in(client):
    for product in (a_plan(), a_product("R2", family="bond")):
        assert client.post(f"/products/{product.item.code}/basket/").status_code == 404
    risky = a_product("R5", item={"type": "equity"})
    assert "basket" not in page(client, f"/products/{risky.item.code}/")
    answer = client.post(f"/products/{risky.item.code}/basket/", {"amount": "1000"})
    assert (answer.status_code, "does not suit you" in answer.content.decode()) == (409, True)


def test_who_is_no_customer_has_no_basket(client):
    assert client.get(ORDER)["Location"] == PAGE  # nothing to order
    assert "Your basket is empty" in page(client)
    staff = sign_in(Client(), make_staff_user())
    assert staff.get(PAGE).status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_wrong_amounts_stay_typed_and_change_nothing(buyer, client):
    one, two = put_in(buyer), put_in(buyer)
    typed = {f"amount-{one.ref}": "12.345", f"amount-{two.ref}": "2,000"}
    answer = client.post(PAGE, fields(buyer) | typed)
    text = read(answer)
    assert answer.status_code == 422
    assert "at most two decimals" in text
    assert 'value="12.345"' in text
    assert 'value="2,000"' in text
    assert set(BasketItem.objects.values_list("amount", flat=True)) == {Decimal(1000)}


def test_another_device_is_noticed_and_what_was_typed_stays(buyer, client):
    item = put_in(buyer)
    old = fields(buyer)
    client.post(PAGE, old | {f"amount-{item.ref}": "2000"})
    answer = client.post(PAGE, old | {f"amount-{item.ref}": "3000"})
    assert answer.status_code == 409
    assert "another page or device" in answer.content.decode()
    assert 'value="3000"' in answer.content.decode()
    assert BasketItem.objects.get().amount == 2000


def test_an_amount_below_the_least_is_kept_and_said_beside_it(buyer, client):
    item = put_in(buyer)
    client.post(PAGE, fields(buyer) | {f"amount-{item.ref}": "5"})
    text = page(client)
    assert "This is less than the least amount of CNY 10.00" in text
    assert "Another amount" in text
    assert "0 funds can be ordered now" in text


def test_taken_out_and_emptied(buyer, client):
    one, _two = put_in(buyer), put_in(buyer)
    client.post(PAGE, fields(buyer, act=f"out:{one.ref}") | {f"amount-{one.ref}": "nonsense"})
    assert BasketItem.objects.count() == 1
    client.post(PAGE, fields(buyer, act="empty"))
    assert Basket.objects.get().status == "emptied"
    assert client.post(PAGE, {"act": "empty"}).status_code == 200  # another tap: nothing happens


def test_what_does_not_suit_any_more_leaves_for_its_own_way(buyer, client):
    item = put_in(buyer)
    answer = client.post(PAGE, fields(buyer, act=f"apart:{item.ref}"))
    assert "/decisions/" in answer["Location"]
    assert not BasketItem.objects.exists()
    other = put_in(buyer)
    answer = client.post(PAGE, fields(buyer, act=f"read:{other.ref}"))
    assert "/decisions/" in answer["Location"]
    assert BasketItem.objects.get() == other


def test_the_whole_way_with_one_fund_suspended_meanwhile(buyer, client):
    kept, gone = put_in(buyer), put_in(buyer, amount="2000")
    assert client.post(PAGE, fields(buyer, act="look"))["Location"] == ORDER
    text = page(client, ORDER)
    assert "Buy 2 funds for CNY 3,000.00" in text
    seen = [str(one) for one in seen_by(buyer)]
    suspend(product=gone.product, reason="暂停", by=make_staff_user(), at=AT)
    answer = client.post(ORDER, {"seen": seen}, follow=True)
    text = read(answer)
    assert answer.redirect_chain[0][0] == PAGE
    assert "1 order was placed." in text
    assert f"{gone.product} was not ordered: This is not for sale at the moment." in text
    assert "Not for sale now" in text
    assert Order.objects.get().key == kept.ref
    assert client.post(ORDER, {"seen": seen[:1]})["Location"] == "/products/orders/"  # sent twice
    assert Order.objects.count() == 1
    assert client.post(ORDER, {"seen": ["rubbish"]})["Location"] == PAGE


def test_the_pages_ask_as_little_for_eight_funds_as_for_two(buyer, client):
    for _ in range(2):
        put_in(buyer)
    counts = []
    for number in (2, 8):
        while BasketItem.objects.count() < number:
            put_in(buyer)
        for path in (PAGE, ORDER):
            page(client, path)
            with CaptureQueriesContext(connection) as caught:
                page(client, path)
            counts.append(len(caught))
    assert counts[:2] == counts[2:]
    assert max(counts) <= QUERIES, counts


def test_a_get_writes_nothing(buyer, client):
    put_in(buyer)
    for path in (PAGE, ORDER):
        with CaptureQueriesContext(connection) as caught:
            page(client, path)
        verbs = {each["sql"].split()[0] for each in caught}
        assert verbs <= {"SELECT", "WITH"}, verbs


def test_a_customer_without_an_account_reads_why(client, buyer):
    bare = a_customer("+8613900139155")
    other = sign_in(Client(headers={"accept-language": "en"}), bare.user)
    assert "Your basket is empty" in page(other)
