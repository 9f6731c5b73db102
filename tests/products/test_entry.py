"""Entry requirements can be proved: qualified investors, permissions, and the law of plans."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from branches.models import OrgUnit
from brokerage.backoffice.four_eyes import FourEyesRefused
from brokerage.core import clock
from brokerage.core.roles import Role
from products.entry import PLANS, PRIVATE_FUNDS
from products.imports.lists import PRODUCT_LIST
from products.models import Bid, Product, QualifiedInvestor
from products.rules.qualified import PlanRules
from products.selectors.entry import entries_met, is_qualified_for
from products.selectors.orders import decision_for
from products.selectors.shelf import Wish, matcher_of, open_shelf, own_shelf
from products.use_cases import plan_checks
from products.use_cases.bidding import place_bid
from products.use_cases.order_checks import LookAgain, UnableToOrder
from products.use_cases.refusals import UnableToList
from products.use_cases.staff_match import match_for
from suitability.profiles import Standing, standings
from suitability.rules.conditions import Proof
from suitability.rules.grades import ProfessionalKind
from suitability.use_cases.disclosing import acknowledge_five, begin_disclosure
from tests.branches.factories import make_staff, make_staff_user
from tests.customers.factories import a_customer
from tests.products.factories import (
    READING,
    a_book,
    a_buyer,
    a_listed_product,
    a_plan,
    a_private_contract,
    a_product,
    a_proof,
    a_proposed_book,
    a_told_decision,
    approve,
    matched,
    proposed_terms,
)
from tests.suitability.factories import ACTOR, AT
from tests.suitability.professional import CONVERSION_FACTS, a_professional
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
TODAY = AT.date()
PLAN_LINES = (
    "manager: 沈知行 | Shen Zhixing; custodian: 梧洲银行 | Wuzhou Bank; "
    "opens: 每年一次 | once a year"
)
LEAST: dict[str, Any] = {
    "target": Decimal(3_000_000),
    "minimum": Decimal(300_000),
    "step": Decimal(100_000),
}


def bid(customer: Any, book: Any) -> Bid:
    """As on the portal, with everything told that is owed."""
    decision = matched(customer, book.product)
    begun = begin_disclosure(decision=decision, language="en", actor=ACTOR, at=AT - READING)
    acknowledge_five(row=begun, text=begun.text, actor=ACTOR, at=AT)
    return place_bid(
        customer=customer,
        book=book,
        amount=Decimal(300_000),
        decision=decision,
        key=uuid4(),
        actor=ACTOR,
        at=AT,
    )


def decide(customer: Any, product: Product) -> Any:
    return decision_for(customer, product, language="zh-hans", actor=ACTOR, at=AT)


def test_a_plan_is_refused_to_who_proved_nothing_and_bought_by_who_did():
    buyer, plan = a_buyer(), a_plan()
    assert plan.item.requirements == [PLANS]
    refused = decide(buyer, plan)
    assert refused.outcome == "refused"
    approve(a_proof(buyer))
    found = decide(buyer, plan)
    assert (found.outcome, found.pk == refused.pk) == ("match", False)
    assert decide(buyer, plan).pk == found.pk
    assert bid(buyer, a_book(plan, **LEAST)).amount == Decimal(300_000)


def test_a_proof_counts_after_a_second_person_for_its_products_and_until_its_end():
    buyer = a_buyer()
    proof = a_proof(buyer)
    assert not is_qualified_for(buyer, "plan", TODAY)
    approve(proof)
    assert is_qualified_for(buyer, "plan", TODAY)
    assert not is_qualified_for(buyer, "private", TODAY)
    assert proof.valid_to is not None
    last = proof.valid_to - timedelta(days=1)
    assert is_qualified_for(buyer, "plan", last)
    assert not is_qualified_for(buyer, "plan", proof.valid_to)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        QualifiedInvestor.objects.update(document="别的")


def test_what_was_agreed_is_looked_at_again_when_it_is_agreed():
    proof = a_proof()
    with pytest.raises(FourEyesRefused, match="too old"):
        approve(proof, at=AT + timedelta(days=400))
    who = make_staff(Role.HEAD_OFFICE)
    own = a_proof(a_customer("+8613900139206"), maker=who)
    with pytest.raises(FourEyesRefused):
        approve(own, by=who)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Decimal("4999999.99")}, "amount"),
        ({"fact": "household_net_financial_assets", "amount": Decimal("2999999.99")}, "amount"),
        ({"fact": "average_income_3y", "amount": Decimal("399999.99")}, "amount"),
        ({"first_trade": TODAY - timedelta(days=700)}, "amount"),
        ({"first_trade": None}, "amount"),
        ({"fact": "net_assets", "amount": Decimal(20_000_000)}, "amount"),
        ({"products": "private"}, "amount"),
        ({"as_of": TODAY + timedelta(days=1)}, "as_of"),
        ({"as_of": TODAY - timedelta(days=366)}, "as_of"),
        ({"document": " "}, "document"),
    ],
)
def test_less_than_the_law_asks_is_no_proof(values: dict[str, Any], field: str):
    with pytest.raises(UnableToList) as refused:
        a_proof(**values)
    assert field in refused.value.errors
    assert not QualifiedInvestor.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"fact": "household_net_financial_assets", "amount": Decimal(3_000_000)},
        {"fact": "average_income_3y", "amount": Decimal(400_000)},
        {
            "products": "private",
            "fact": "financial_assets",
            "amount": Decimal(3_000_000),
            "first_trade": None,
        },
        {"products": "private", "fact": "average_income_3y", "amount": Decimal(500_000)},
    ],
)
def test_exactly_what_the_law_asks_is_a_proof(values: dict[str, Any]):
    assert a_proof(**values).decision == "pending"


def test_a_qualified_ordinary_investor_signs_for_a_private_fund_and_a_converted_one_does_not():
    buyer = a_buyer()
    with pytest.raises(UnableToList, match="qualified investors"):
        a_private_contract(buyer)
    private = {"products": "private", "fact": "financial_assets"}
    approve(a_proof(buyer, **private))
    terms = {"minimum": Decimal(1_000_000), "step": Decimal(10_000), "channels": ["outlet"]}
    fund = a_product("R2", family="private", terms=terms)
    a_told_decision(buyer, fund)
    assert a_private_contract(buyer, product=fund, matched=False).status == "placed"
    other, converted = a_buyer("+8613900139201"), a_buyer("+8613900139202")
    a_professional(other)
    a_professional(converted, ProfessionalKind.CONVERTED, dict(CONVERSION_FACTS))
    both = frozenset({PLANS, PRIVATE_FUNDS})
    assert entries_met(other, TODAY, both) == both
    assert entries_met(converted, TODAY, both) == frozenset()


def test_plans_show_to_qualified_investors_alone_where_they_suit():
    plan, fund = a_plan(), a_product("R1")
    buyer = a_buyer()

    def codes(page: Any) -> set[str]:
        return {card.code for card in page.products}

    assert codes(open_shelf(TODAY, Wish())) == {fund.item.code}
    assert codes(own_shelf(matcher_of(buyer, TODAY), Wish())) == {fund.item.code}
    assert codes(own_shelf(matcher_of(buyer, TODAY), Wish(query=plan.item.name_zh))) == set()
    approve(a_proof(buyer))
    assert codes(own_shelf(matcher_of(buyer, TODAY), Wish())) == {fund.item.code, plan.item.code}


def test_the_page_of_a_plan_is_there_for_who_is_qualified(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    plan, buyer = a_plan(), a_buyer()
    address = f"/products/{plan.item.code}/"
    client = sign_in(Client(headers={"accept-language": "en"}), buyer.user)
    assert Client().get(address).status_code == 404
    assert client.get(address).status_code == 404
    approve(a_proof(buyer))
    assert client.get(address).status_code == 200


def test_a_plan_never_stands_on_the_open_shelf_unless_a_dated_rule_says_so(
    monkeypatch: pytest.MonkeyPatch,
):
    with pytest.raises(UnableToList, match="not offered openly"):
        a_listed_product("R2", family="plan", on_open_shelf=True)
    row = {
        "code": "T-1",
        "issuer": "91310000MA1F000001",
        "family": "plan",
        "open": True,
        "facts": PLAN_LINES,
    }
    facts = {"items": {"T-1"}, "taken": set(), "issuers": {"91310000MA1F000001"}}
    with pytest.raises(ValidationError) as refused:
        PRODUCT_LIST.check(row, facts, user=make_staff_user())
    assert "open" in refused.value.message_dict
    monkeypatch.setattr(plan_checks, "plans_on", lambda on: PlanRules(True, 200, "v"))
    assert a_listed_product("R2", family="plan", on_open_shelf=True).on_open_shelf


@pytest.mark.parametrize(
    ("kind", "least"),
    [("fixed_income", 300_000), ("complex", 400_000), ("equity", 1_000_000)],
)
def test_terms_and_books_of_a_plan_begin_with_the_least_amount_of_its_type(kind: str, least: int):
    product = a_listed_product("R2", family="plan", item={"type": kind})
    with pytest.raises(UnableToList) as refused:
        proposed_terms(product, minimum=Decimal(least) - 1)
    assert "minimum" in refused.value.errors
    assert proposed_terms(product, minimum=Decimal(least)).minimum == least
    with pytest.raises(UnableToList, match="At least"):
        a_proposed_book(product, minimum=Decimal(least - 1000), target=Decimal(5_000_000))


def test_no_more_customers_than_the_law_allows_are_in_a_plan(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(plan_checks, "plans_on", lambda on: PlanRules(False, 1, "v"))
    book = a_book(a_plan(), **LEAST)
    first, second = a_buyer("+8613900139203"), a_buyer("+8613900139204")
    for buyer in (first, second):
        approve(a_proof(buyer))
    bid(first, book)
    bid(first, book)
    with pytest.raises(UnableToOrder, match="law allows"):
        bid(second, book)


def test_a_fact_that_an_app_tells_meets_an_entry_requirement(monkeypatch: pytest.MonkeyPatch):
    buyer = a_buyer()
    product = a_product("R2", item={"requirements": ["margin_qualified"]})
    assert decide(buyer, product).outcome == "refused"
    told = Standing(facts={"margin_qualified": Proof(holds=True, as_of=TODAY)})
    standings.register("test", lambda customer, on: told)
    try:
        assert decide(buyer, product).outcome == "match"
        by = make_staff_user()
        found = match_for(customer=buyer, product=product, wished=True, by=by, at=AT)
        assert found.outcome == "match"
        assert matcher_of(buyer, TODAY).opinions([_for_sale(product)])[0].outcome == "match"
    finally:
        standings._items.pop("test")
    assert entries_met(a_customer("+8613900139205"), TODAY, ["unheard_of"]) == frozenset()


def test_a_proof_that_ended_since_the_decision_is_looked_at_again():
    buyer, plan = a_buyer(), a_plan()
    proof = approve(a_proof(buyer))
    book = a_book(plan, **LEAST)
    decision = matched(buyer, plan)
    proof.valid_to = TODAY
    proof.save(update_fields=["valid_to"])
    with pytest.raises(LookAgain):
        place_bid(
            customer=buyer,
            book=book,
            amount=Decimal(300_000),
            decision=decision,
            key=uuid4(),
            actor=ACTOR,
            at=AT,
        )


def test_an_adviser_takes_a_proof_down_and_the_amount_stays_encrypted(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    buyer = a_buyer()
    outlet = OrgUnit.objects.get(ref=buyer.home_outlet_ref)
    client = sign_in(Client(headers={"accept-language": "en"}), make_staff(Role.ADVISER, outlet))
    given = {
        "customer": buyer.pk,
        "products": "plan",
        "fact": "household_financial_assets",
        "yuan": "100",
        "as_of": TODAY.isoformat(),
        "first_trade": date(2020, 3, 2).isoformat(),
        "document": "证明 1",
    }
    address = "/admin/products/qualifiedinvestor/add/"
    wrong = client.post(address, given)
    assert "less than the law asks" in wrong.content.decode()
    client.post(address, given | {"yuan": "5000000"})
    row = QualifiedInvestor.objects.get()
    page = client.get(f"/admin/products/qualifiedinvestor/{row.ref}/change/").content.decode()
    assert "5000000" not in page


def _for_sale(product: Product) -> Any:
    return Product.objects.for_sale(TODAY).select_related("item").get(pk=product.pk)
