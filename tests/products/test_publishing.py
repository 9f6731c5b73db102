"""Nothing is for sale without four eyes, a vetted issuer and a grade; one person takes it off."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from products.models import Product, Resumption, Terms
from products.use_cases.listing import propose_terms
from products.use_cases.refusals import UnableToList
from products.use_cases.suspending import ask_to_resume, suspend
from tests.branches.factories import make_staff_user
from tests.products.factories import (
    FEES,
    a_checker,
    a_listed_product,
    a_product,
    a_proposed_vetting,
    an_issuer,
    approve,
    proposed_terms,
)
from tests.suitability.factories import AT
from tests.suitability.matching import SINCE, an_item

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def for_sale(product: Product, on: date = TODAY) -> bool:
    return Product.objects.for_sale(on).filter(pk=product.pk).exists()


def test_it_is_for_sale_only_once_a_second_person_agreed():
    product = a_listed_product()
    terms = proposed_terms(product)
    assert not for_sale(product)
    approve(terms)
    assert for_sale(product)


def test_its_maker_cannot_publish_it():
    maker = a_checker()
    product = a_listed_product()
    terms = propose_terms(
        product=product,
        maker=maker,
        at=AT,
        minimum=Decimal(10),
        step=Decimal(1),
        channels=["online"],
        fees=FEES,
        valid_from=SINCE,
        change_reason="上架",
    )
    with pytest.raises(FourEyesRefused):
        decide(model=Terms, ref=terms.ref, checker=maker, decision=Decision.APPROVED, at=AT)


def test_an_issuer_that_was_not_vetted_sells_nothing():
    product = a_listed_product(issuer=an_issuer())
    with pytest.raises(FourEyesRefused, match="not vetted"):
        approve(proposed_terms(product))


def test_a_vetting_that_ended_takes_its_products_off_the_shelf():
    issuer = approve(a_proposed_vetting(valid_to=TODAY + timedelta(days=1))).issuer
    product = a_product(issuer=issuer)
    assert for_sale(product, TODAY)
    assert not for_sale(product, TODAY + timedelta(days=1))


def test_a_product_without_a_grade_cannot_be_published():
    product = a_listed_product()
    ungraded = an_item()
    Product.objects.filter(pk=product.pk).update(item=ungraded)
    product.refresh_from_db()
    with pytest.raises(FourEyesRefused, match="grade"):
        approve(proposed_terms(product))


def test_the_sale_period_is_half_open():
    product = a_product(terms={"valid_from": TODAY, "valid_to": TODAY + timedelta(days=2)})
    days = [TODAY + timedelta(days=ahead) for ahead in (-1, 0, 1, 2)]
    assert [for_sale(product, day) for day in days] == [False, True, True, False]


def test_new_terms_end_those_before_from_tomorrow_on():
    product = a_product()
    with pytest.raises(FourEyesRefused, match="tomorrow"):
        approve(proposed_terms(product, valid_from=TODAY))
    approve(proposed_terms(product, valid_from=TODAY + timedelta(days=1), minimum=Decimal(100)))
    found = [
        Terms.objects.approved().on(day).get(product=product).minimum
        for day in (TODAY, TODAY + timedelta(days=1))
    ]
    assert found == [Decimal(10), Decimal(100)]


def test_a_private_fund_never_stands_on_the_open_shelf():
    product = a_listed_product(family="private")
    with pytest.raises(IntegrityError, match="never_on_the_open_shelf"), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(on_open_shelf=True)
    with pytest.raises(UnableToList):
        a_listed_product(family="private", on_open_shelf=True)


@pytest.mark.parametrize(
    "values",
    [
        {"minimum": Decimal(0)},
        {"minimum": Decimal(-1)},
        {"minimum": Decimal("0.001")},
        {"minimum": Decimal(10) ** 18},
        {"step": Decimal(0)},
        {"quota": Decimal(9)},
        {"channels": []},
        {"channels": ["post"]},
        {"change_reason": ""},
        {"fees": {"subscription": []}},
        {"valid_to": SINCE - timedelta(days=1)},
    ],
)
def test_terms_that_make_no_sense_are_refused(values: dict[str, object]):
    product = a_listed_product()
    with pytest.raises(UnableToList):
        proposed_terms(product, **values)


def test_facts_of_another_family_are_refused_by_name():
    with pytest.raises(UnableToList, match="coupon"):
        a_listed_product(attributes={"coupon": {"zh": "2%", "en": "2%"}})


def test_one_person_suspends_at_once_and_two_bring_it_back():
    product, desk = a_product(), a_checker()
    suspend(product=product, reason="经理离任", by=desk, at=AT)
    assert not for_sale(product)
    with pytest.raises(UnableToList, match="already"):
        suspend(product=product, reason="再次", by=desk, at=AT)
    wish = ask_to_resume(product=product, reason="已公告", maker=desk, at=AT)
    with pytest.raises(FourEyesRefused):
        decide(model=Resumption, ref=wish.ref, checker=desk, decision=Decision.APPROVED, at=AT)
    assert not for_sale(product)
    approve(wish)
    assert for_sale(product)


def test_published_terms_never_change():
    terms = approve(proposed_terms())
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Terms.objects.filter(pk=terms.pk).update(minimum=Decimal(1))


def test_a_suspension_needs_a_reason():
    with pytest.raises(UnableToList) as refused:
        suspend(product=a_product(), reason=" ", by=make_staff_user(), at=AT)
    assert "reason" in refused.value.errors
