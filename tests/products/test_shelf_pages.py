"""The shelf: the same for every visitor, matched for a customer, and never a wrong suggestion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branches.visits.about import about
from branches.visits.models import Visit
from brokerage.core import clock
from products.entry import PRIVATE_FUNDS
from products.models import Product, Quota, Terms
from products.use_cases.suspending import suspend
from suitability.models import Exposure, GradedItem, ItemGrade
from tests.branches.factories import make_staff_user, make_unit
from tests.customers.factories import a_customer
from tests.products.factories import a_product, a_vetted_issuer, with_values
from tests.suitability.factories import AT, a_confirmed_assessment
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
QUERIES = 8


@pytest.fixture(autouse=True)
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def customer():
    """Of class C4, for whom bonds and shares of a term up to five years do."""
    found = a_customer()
    a_confirmed_assessment(found)
    return found


@pytest.fixture
def signed_in(customer) -> Client:
    return sign_in(Client(headers={"accept-language": "en"}), customer.user)


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def page(client: Client, path: str = "/products/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_visitor_gets_a_page_that_caches_may_keep(visitor: Client):
    product = a_product()
    answer = visitor.get("/products/")
    assert str(product.item.name_en) in answer.content.decode()
    assert not answer.cookies
    assert "public" in answer["Cache-Control"]
    assert "nonce" not in answer["Content-Security-Policy"]
    again = visitor.get("/products/", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_filters_narrow_the_shelf_and_nonsense_counts_as_anything(visitor: Client):
    low, high = a_product("R1"), a_product("R4", item={"type": "equity"})
    assert high.item.name_en not in page(visitor, "/products/?grade=R1")
    assert low.item.name_en in page(visitor, "/products/?grade=R1")
    assert low.item.name_en not in page(visitor, "/products/?family=bond")
    everything = page(visitor, "/products/?grade=R9&family=%00x&q=%00&after=%00")
    assert low.item.name_en in everything


def test_pages_go_on_by_key(visitor: Client):
    issuer = a_vetted_issuer()
    made = [a_product(issuer=issuer) for _ in range(26)]
    codes = sorted(each.item.code for each in made)
    first = page(visitor)
    assert f"/products/{codes[23]}/" in first
    assert f"/products/{codes[24]}/" not in first
    rest = page(visitor, f"/products/?after={codes[23]}")
    assert [f"/products/{code}/" in rest for code in codes[22:]] == [False, False, True, True]


def test_a_customer_sees_what_suits_and_no_suggestion_that_does_not(signed_in: Client):
    fits = a_product("R2")
    risky = a_product("R5", item={"type": "equity"})
    text = page(signed_in)
    assert fits.item.name_en in text
    assert risky.item.name_en not in text


def test_who_searches_by_name_finds_it_marked_as_not_suitable(signed_in: Client):
    risky = a_product("R5", item={"type": "equity"})
    text = page(signed_in, f"/products/?q={risky.item.code}")
    assert risky.item.name_en in text
    assert "Does not suit you" in text


def test_everything_without_regard_to_the_person_is_one_tap_away(signed_in: Client):
    risky = a_product("R5", item={"type": "equity"})
    assert "?all=1" in page(signed_in)
    text = page(signed_in, "/products/?all=1")
    assert risky.item.name_en in text
    assert "Suits you" not in text


def test_without_an_assessment_nothing_is_suggested():
    product = a_product()
    client = sign_in(Client(headers={"accept-language": "en"}), a_customer().user)
    text = page(client)
    assert product.item.name_en not in text
    assert "My risk assessment" in text


@pytest.mark.parametrize("path", ["/products/", "/products/?all=1", "/products/?q=private"])
def test_a_private_fund_shows_to_no_ordinary_investor(signed_in: Client, path: str):
    hidden = a_product("R1", family="private", item={"name_en": "A private thing"})
    assert hidden.item.name_en not in page(signed_in, path)
    assert signed_in.get(f"/products/{hidden.item.code}/").status_code == 404
    assert Client().get(f"/products/{hidden.item.code}/").status_code == 404


def test_the_page_says_first_why_it_does_not_suit_and_what_would(signed_in: Client):
    near = a_product("R4", item={"type": "equity"})
    risky = a_product("R5", item={"type": "equity"})
    text = page(signed_in, f"/products/{risky.item.code}/")
    assert "This does not suit you" in text
    assert near.item.name_en in close_to(signed_in, risky)
    order = ["This does not suit you", "What can go wrong", "you pay", "Facts"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)


def close_to(client: Client, product: Any) -> str:
    """What the page of a product that does not suit asks for once it is there."""
    answer = client.post(f"/products/{product.item.code}/shown/")
    assert answer.status_code in (200, 204)
    return str(answer.content.decode())


def test_what_the_page_showed_beside_a_mismatch_is_an_exposure_once_a_day(
    signed_in: Client, visitor: Client
):
    product = a_product("R5", item={"type": "equity"})
    near = a_product("R4", item={"type": "equity"})
    told = f"/products/{product.item.code}/shown/"
    text = page(signed_in, f"/products/{product.item.code}/")
    assert told in text
    assert near.item.name_en not in text, "a GET writes nothing, so it names nothing"
    assert not Exposure.objects.exists()
    for _ in range(2):
        assert near.item.name_en in close_to(signed_in, product)
    exposure = Exposure.objects.get()
    assert (exposure.item, exposure.way) == (near.item, Exposure.Way.SHOWN)
    assert told not in page(signed_in, f"/products/{near.item.code}/")
    assert close_to(signed_in, near) == "", "it suits itself"
    assert told not in page(visitor, f"/products/{product.item.code}/")
    assert visitor.post(told).status_code == 302


def test_without_a_script_a_tap_shows_what_is_close_and_keeps_that_it_was_shown(
    signed_in: Client,
):
    product = a_product("R5", item={"type": "equity"})
    near = a_product("R4", item={"type": "equity"})
    text = page(signed_in, f"/products/{product.item.code}/")
    form = text[text.index("<noscript>") : text.index("</noscript>")]
    assert "<button" in form
    answer = signed_in.post(f"/products/{product.item.code}/check/", follow=True)
    assert near.item.name_en in answer.content.decode()
    assert Exposure.objects.get().item == near.item


@pytest.mark.parametrize(
    "terms",
    [
        lambda: {"channels": ["outlet"]},
        lambda: {"unit": make_unit()},
        lambda: {"quota": Decimal(1000), "minimum": Decimal(100)},
    ],
)
def test_what_is_not_sold_to_the_customer_is_not_named_as_close_to_it(
    signed_in: Client, terms: Any
):
    sold = a_product("R4", item={"type": "equity"})
    closer = a_product("R4", item={"type": "equity"}, terms=terms())
    Quota.objects.update(taken=901)
    risky = a_product("R5", item={"type": "equity"})
    text = close_to(signed_in, risky)
    assert sold.item.name_en in text
    assert f"/products/{closer.item.code}/" not in text


def test_costs_are_worked_out_for_the_amount_typed(visitor: Client):
    product = a_product()
    text = page(visitor, f"/products/{product.item.code}/?amount=10,000")
    assert "118.58" in text  # 10000 - 10000 / 1.012
    assert "9,881.42" in text


@pytest.mark.parametrize("typed", ["-5", "0", "1.234", "9" * 30, "abc", ""])
def test_a_bad_amount_is_said_beside_its_field_and_stays(visitor: Client, typed: str):
    product = a_product()
    text = page(visitor, f"/products/{product.item.code}/?amount={typed}")
    assert 'aria-invalid="true"' in text
    assert f'value="{typed}"' in text or not typed


def test_values_are_drawn_with_the_fall_before_the_change(visitor: Client):
    product = with_values(a_product(benchmark_zh="指数", benchmark_en="Index"), "1", "2", "1.5")
    text = page(visitor, f"/products/{product.item.code}/")
    assert "25.00%" in text
    assert text.index("Deepest fall") < text.index("Change from")
    assert "Index" in text


def test_what_is_suspended_is_gone_at_once(signed_in: Client, visitor: Client):
    product = a_product()
    suspend(product=product, reason="暂停", by=make_staff_user(), at=AT)
    for client in (signed_in, visitor):
        assert product.item.name_en not in page(client)
        assert client.get(f"/products/{product.item.code}/").status_code == 404


@pytest.mark.slow
def test_five_hundred_products_are_matched_in_few_queries(signed_in: Client):
    model = a_product("R2")
    many(model, 499)
    signed_in.get("/products/")
    with CaptureQueriesContext(connection) as caught:
        text = page(signed_in)
    assert "500 products" in text
    assert len(caught) <= QUERIES, [each["sql"][:90] for each in caught]


@pytest.mark.slow
def test_what_only_some_may_see_costs_one_query_more_than_its_absence(signed_in: Client):
    many(a_product("R2"), 20)
    signed_in.get("/products/")
    with CaptureQueriesContext(connection) as without:
        signed_in.get("/products/")
    a_product("R2", item={"requirements": [PRIVATE_FUNDS]})
    with CaptureQueriesContext(connection) as caught:
        signed_in.get("/products/")
    assert len(caught) <= len(without) + 1


def many(model: Product, number: int) -> None:
    """Copies of a product for sale, with item, grade and terms of their own."""

    def copy(row: Any, **values: Any) -> Any:
        given = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        given.pop("id")
        return type(row)(**(given | {"ref": uuid4()} | values))

    grade, terms = model.item.grades.get(), model.terms.get()
    items = [copy(model.item, code=f"M-{each:04}") for each in range(number)]
    GradedItem.objects.bulk_create(items)
    ItemGrade.objects.bulk_create([copy(grade, item_id=item.pk) for item in items])
    products = Product.objects.bulk_create([copy(model, item_id=item.pk) for item in items])
    Terms.objects.bulk_create([copy(terms, product_id=product.pk) for product in products])


@pytest.mark.parametrize("path", ["A%00B/", "%00/", "A%00/buy/", "A%00/sell/", "A%00/check/"])
def test_a_code_that_no_database_takes_is_none(signed_in: Client, path: str):
    method = signed_in.post if "check" in path else signed_in.get
    assert method(f"/products/{path}").status_code == 404


def test_there_is_no_such_code(visitor: Client):
    assert visitor.get("/products/NOT-THERE/").status_code == 404


def test_what_is_sold_at_an_appointment_leads_to_one_about_it(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
):
    product = a_product("R1", family="cross_border", attributes=CROSS_BORDER)
    page = signed_in.get(f"/products/{product.item.code}/").content.decode()
    address = f"/visits/new/?purpose=wealth_talk&amp;subject={product.ref}&amp;step=product"
    assert address in page
    asked = Visit(subject_ref=product.ref, step="product")
    assert about(asked) == str(product)
    assert about(Visit(step="product")) == "product"


CROSS_BORDER = {
    "markets": {"zh": "港股", "en": "Hong Kong shares"},
    "settlement": {"zh": "人民币", "en": "Renminbi"},
}
