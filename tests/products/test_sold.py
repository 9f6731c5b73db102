"""Channel, unit, quota and limit are asked wherever something is shown, suggested or ordered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import CustodyLink
from branches.models import OrgUnit
from brokerage.core import clock
from products.models import Quota
from products.use_cases.offering import suggest
from products.use_cases.order_checks import UnableToOrder
from tests.branches.factories import make_unit
from tests.products.factories import a_book, a_buyer, a_product, agreed
from tests.products.test_books import bid
from tests.products.test_offers import FREE
from tests.products.test_orders import order
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
BOND = {
    "coupon": {"zh": "2%", "en": "2%"},
    "matures": "2029-06-30",
    "rating": {"zh": "AAA", "en": "AAA"},
}
OUTLETS: dict[str, Any] = {"channels": ["outlet"]}


@pytest.fixture
def buyer():
    return agreed(a_buyer())


def elsewhere() -> dict[str, Any]:
    return {"unit": make_unit()}


def here(buyer: Any) -> dict[str, Any]:
    """Sold only by the branch company of the customer's outlet."""
    outlet = OrgUnit.objects.get(ref=buyer.home_outlet_ref)
    over = OrgUnit.objects.above(outlet, AT.date()).get(kind="branch_company")
    return {"unit": over}


@pytest.mark.parametrize("terms", [lambda: OUTLETS, elsewhere])
def test_no_bid_is_taken_where_the_product_is_not_sold(buyer, terms: Any):
    book = a_book(a_product("R2", family="bond", terms=terms(), attributes=BOND))
    with pytest.raises(UnableToOrder):
        bid(buyer, book)


def test_a_bid_is_taken_under_the_unit_that_sells(buyer):
    product = a_product("R2", family="bond", terms=here(buyer), attributes=BOND)
    assert bid(buyer, a_book(product)).pk


def best(buyer: Any) -> Any:
    return suggest(customer=buyer, actor=ACTOR, at=AT).product


@pytest.mark.parametrize("terms", [lambda: OUTLETS, elsewhere])
def test_nothing_is_suggested_that_is_not_sold_to_the_customer(buyer, terms: Any):
    a_product("R2", terms=FREE | terms())
    assert best(buyer) is None


def test_what_the_own_unit_sells_is_suggested(buyer):
    product = a_product("R2", terms=FREE | here(buyer))
    assert best(buyer) == product


def test_nothing_is_suggested_of_which_nothing_is_left(buyer):
    a_product("R2", terms=FREE | {"quota": Decimal(1000), "minimum": Decimal(100)})
    Quota.objects.update(taken=Decimal("900.01"))
    assert best(buyer) is None


def test_nothing_is_suggested_beyond_what_one_customer_may_have(buyer):
    product = a_product("R2", terms=FREE | {"most_held": Decimal(1000)})
    order(buyer, product, amount=Decimal("990.01"))
    assert best(buyer) is None


def test_nothing_is_suggested_to_whose_account_cannot_buy(buyer):
    a_product("R2", terms=FREE)
    CustodyLink.objects.update(status="requested")
    assert best(buyer) is None


def test_the_pages_say_it_before_anybody_types_an_amount(buyer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    client = sign_in(Client(headers={"accept-language": "en"}), buyer.user)
    only = elsewhere()
    product = a_product("R2", terms=only)
    code = product.item.code
    text = client.get(reverse("products:product", args=[code])).content.decode()
    assert f"This is sold only by {only['unit']}" in text
    assert reverse("products:buy", args=[code]) not in text
    answer = client.post(reverse("products:buy", args=[code]), {"amount": "1000", "key": uuid4()})
    assert answer.status_code == 409  # and not only at the last click
    assert "This is sold only by" in answer.content.decode()


def test_a_book_that_is_not_sold_online_shows_no_way_to_bid(
    buyer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    client = sign_in(Client(headers={"accept-language": "en"}), buyer.user)
    product = a_product("R2", family="bond", terms=OUTLETS, attributes=BOND)
    a_book(product)
    text = client.get(reverse("products:product", args=[product.item.code])).content.decode()
    assert "This cannot be bought online" in text
    answer = client.post(
        reverse("products:book", args=[product.item.code]), {"amount": "1000", "key": uuid4()}
    )
    assert answer.status_code == 409
