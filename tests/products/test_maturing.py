"""A bond that matures: told once, in time, to who holds it or was allotted it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from brokerage.reference.models import Instrument
from content.models import Reminder
from content.use_cases.remind import remind
from holdings.models import Position
from products.models import Bid, Holding, Product
from products.selectors.maturing import maturing
from products.states import Family
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer
from tests.holdings.factories import an_account
from tests.products.factories import a_bid, a_book, a_product
from tests.suitability.factories import AT

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
DAYS = 14
"""Of the dated rule."""


def a_bond(matures: date) -> Product:
    words = {"coupon": {"zh": "2%", "en": "2%"}, "rating": {"zh": "AAA", "en": "AAA"}}
    attributes = {**words, "matures": matures.isoformat()}
    return a_product("R2", family=Family.BOND, attributes=attributes)


def a_holder(bond: Product, phone: str = "+8613900139100", units: int = 10) -> Any:
    customer = a_customer(phone)
    Holding.objects.create(customer=customer, product=bond, units=units)
    return customer


def found(*customers: Any, day: date = DAY) -> list[int]:
    return [one.customer for one in maturing(day)([one.pk for one in customers])]


def test_holders_are_told_once_with_name_and_day() -> None:
    load_texts(at=AT)
    bond = a_bond(DAY + timedelta(days=DAYS))
    a_holder(bond)
    for night in (DAY, DAY + timedelta(days=1)):
        assert remind(day=night, at=AT)
    reminder = Reminder.objects.get()
    assert (reminder.kind, reminder.facts["day"]) == ("maturing", "2026-03-16")
    assert reminder.facts["name"]["en"] == bond.item.name_en
    assert reminder.rule_version == "products.maturing@2026-01-01"
    assert Message.objects.get().purpose == "service"


@pytest.mark.parametrize(
    ("days", "is_told"), [(0, False), (1, True), (DAYS, True), (DAYS + 1, False)]
)
def test_in_time_but_neither_early_nor_afterwards(days: int, is_told: bool) -> None:
    holder = a_holder(a_bond(DAY + timedelta(days=days)))
    assert found(holder) == ([holder.pk] if is_told else [])


def test_who_sold_all_is_told_nothing() -> None:
    assert found(a_holder(a_bond(DAY + timedelta(days=3)), units=0)) == []


def test_what_was_allotted_counts_and_what_was_only_bid_does_not() -> None:
    customer, other = a_customer("+8613900139100"), a_customer("+8613900139101")
    book = a_book(a_bond(DAY + timedelta(days=3)))
    bids = [a_bid(each, make_unit(), book) for each in (customer, other)]
    Bid.objects.filter(pk=bids[0].pk).update(
        status="allotted", paid_at=AT, ended_at=AT, allotted=bids[0].amount, refund=0
    )
    assert found(customer, other) == [customer.pk]


def test_bonds_at_the_counter_are_told_by_the_day_that_its_list_of_securities_names() -> None:
    load_texts(at=AT)
    customer = a_customer("+8613900139100")
    account = an_account(customer)
    for code, matures in (("019991", DAY + timedelta(days=3)), ("019992", None)):
        bond = Instrument.objects.create(
            market="SH", code=code, kind="bond", name_zh="演示债", matures_on=matures
        )
        Position.objects.create(
            day=DAY, account=account, instrument=bond, quantity=10, price=100, value=1000, cost=990
        )
    assert remind(day=DAY, at=AT)
    (reminder,) = Reminder.objects.filter(kind="maturing")
    assert reminder.subject.startswith("019991.")
    assert reminder.facts["day"] == "2026-03-05"
    assert found(customer, day=DAY + timedelta(days=1)) == [], "the day has no positions"
