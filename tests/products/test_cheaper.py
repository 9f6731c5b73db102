"""A fund of the same kind that takes less: what suits, and to whom something may be offered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from content.models import Reminder
from content.use_cases.cool_off import cool_off
from content.use_cases.remind import remind
from products.models import Holding, Product
from products.rules.cheaper import Fund, cheaper, milder
from products.states import Family
from products.use_cases.offering import mute
from suitability.models import Exposure
from tests.customers.factories import a_customer
from tests.products.factories import FEES, a_complaint, a_product, agreed, with_values
from tests.suitability.factories import ACTOR, AT, a_confirmed_assessment

DAY = date(2026, 3, 2)
LEAST = Decimal("0.002")


def fund(key: int, yearly: str, kind: str = "fund") -> Fund:
    return Fund(key=key, code=f"F{key}", kind=(kind, "fixed_income", "R1"), yearly=Decimal(yearly))


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([fund(2, "0.0120")], ["F2"]),
        ([fund(2, "0.0121")], []),
        ([fund(2, "0.001", kind="bond")], []),
        ([fund(3, "0.01"), fund(2, "0.01"), fund(4, "0.009")], ["F4", "F2", "F3"]),
    ],
)
def test_only_funds_of_the_same_kind_that_take_clearly_less(
    others: list[Fund], found: list[str]
) -> None:
    assert [each.code for each in cheaper(fund(1, "0.014"), others, LEAST)] == found


@given(st.lists(st.decimals("0", "0.05", places=4), max_size=8))
def test_nothing_leads_back_to_what_costs_more(rates: list[Decimal]) -> None:
    funds = [fund(number, str(rate)) for number, rate in enumerate(rates)]
    for one in funds:
        for better in cheaper(one, funds, LEAST):
            assert better.yearly <= one.yearly - LEAST
            assert one not in cheaper(better, funds, LEAST)


def graded(key: int, grade: str, yearly: str = "0.01", kind: str = "fixed_income") -> Fund:
    return Fund(key=key, code=f"F{key}", kind=("fund", kind, grade), yearly=Decimal(yearly))


@pytest.mark.parametrize(
    ("others", "steps", "found"),
    [
        ([graded(2, "R3"), graded(3, "R4")], 1, ["F2"]),
        ([graded(2, "R3"), graded(3, "R2")], 1, ["F2", "F3"]),
        ([graded(2, "R3"), graded(3, "R2")], 2, ["F3"]),
        ([graded(2, "R3", "0.02"), graded(3, "R3", "0.01")], 1, ["F3", "F2"]),
        ([graded(2, "R3", kind="equity"), graded(3, "R5")], 1, []),
    ],
)
def test_the_nearest_lower_grade_of_the_same_type_comes_first(
    others: list[Fund], steps: int, found: list[str]
) -> None:
    assert [each.code for each in milder(graded(1, "R4"), others, steps)] == found


def terms(yearly: str) -> dict[str, Any]:
    return {"fees": {**FEES, "yearly": {"management": yearly}}}


@pytest.fixture
def house(db: None) -> tuple[Any, Product, Product]:
    """A holder of class C4 who agreed to offers, a dear fund, and a cheap one of its kind."""
    load_texts(at=AT)
    customer = agreed(a_customer())
    a_confirmed_assessment(customer)
    dear = a_product("R2", terms=terms("0.015"))
    cheap = a_product("R2", terms=terms("0.003"))
    Holding.objects.create(customer=customer, product=dear, units=100)
    return customer, dear, cheap


def told() -> list[str]:
    remind(day=DAY, at=AT)
    return list(Reminder.objects.values_list("kind", flat=True))


def test_the_cheaper_one_is_told_with_both_rates_and_counts_as_shown(house: Any) -> None:
    _customer, dear, cheap = house
    assert told() == ["cheaper"]
    reminder = Reminder.objects.get()
    assert reminder.subject == f"{dear.item.code}:{cheap.item.code}"
    assert reminder.rule_version == "products.cheaper@2026-01-01"
    assert reminder.facts["rate"]["en"].startswith("1.5")
    assert Message.objects.get().purpose == "marketing"
    assert Exposure.objects.get().item == cheap.item


def test_no_consent_no_offer_and_nothing_is_kept(db: None) -> None:
    load_texts(at=AT)
    customer = agreed(a_customer(), "personalisation")
    a_confirmed_assessment(customer)
    dear = a_product("R2", terms=terms("0.015"))
    a_product("R2", terms=terms("0.003"))
    Holding.objects.create(customer=customer, product=dear, units=100)
    assert told() == []
    assert not Exposure.objects.exists()


def complain(customer: Any) -> None:
    a_complaint(customer)


def cool(customer: Any) -> None:
    cool_off(customer=customer, days=7, actor=ACTOR, at=AT)


def mute_funds(customer: Any) -> None:
    mute(customer=customer, family=Family.FUND, on=True, actor=ACTOR, at=AT)


def sell(customer: Any) -> None:
    Holding.objects.update(units=0)


@pytest.mark.parametrize("close", [complain, cool, mute_funds, sell])
def test_nothing_is_offered_to_whom_nothing_may_be(house: Any, close: Any) -> None:
    close(house[0])
    assert told() == []


@pytest.mark.parametrize(("held", "found"), [("89", ["cheaper"]), ("91", [])])
def test_what_one_may_have_no_more_of_is_not_offered(
    db: None, held: str, found: list[str]
) -> None:
    load_texts(at=AT)
    customer = agreed(a_customer())
    a_confirmed_assessment(customer)
    dear = a_product("R2", terms=terms("0.015"))
    cheap = a_product("R2", terms={**terms("0.003"), "most_held": Decimal(100)})
    with_values(cheap, "1")
    Holding.objects.create(customer=customer, product=dear, units=100)
    Holding.objects.create(customer=customer, product=cheap, units=Decimal(held))
    assert told() == found


def test_a_fund_that_does_not_suit_is_no_alternative(db: None) -> None:
    load_texts(at=AT)
    customer = agreed(a_customer())
    a_confirmed_assessment(customer)
    dear = a_product("R5", terms=terms("0.015"))
    a_product("R5", terms=terms("0.003"))
    Holding.objects.create(customer=customer, product=dear, units=100)
    assert told() == []


def test_who_holds_what_does_not_suit_is_told_of_one_that_does(db: None) -> None:
    load_texts(at=AT)
    customer = agreed(a_customer())
    a_confirmed_assessment(customer)  # class C4
    wild, mild = a_product("R5", terms=terms("0.003")), a_product("R3", terms=terms("0.015"))
    a_product("R2", terms=terms("0.001"))
    Holding.objects.create(customer=customer, product=wild, units=100)
    assert told() == ["fitting"]
    reminder = Reminder.objects.get()
    assert reminder.subject == f"{wild.item.code}:{mild.item.code}"
    assert reminder.rule_version == "products.fitting@2026-01-01"
    assert (reminder.facts["grade"], reminder.facts["lower"]) == ("R5", "R3")
    assert Message.objects.get().purpose == "marketing"
    assert Exposure.objects.get().item == mild.item


def test_what_suits_its_holder_has_no_milder_alternative(db: None) -> None:
    load_texts(at=AT)
    customer = agreed(a_customer())
    a_confirmed_assessment(customer)
    own = a_product("R3", terms=terms("0.003"))
    a_product("R2", terms=terms("0.003"))
    Holding.objects.create(customer=customer, product=own, units=100)
    assert told() == []
