"""Reminders: figures by rule, each once, muted kinds left out, a killed night goes on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from brokerage.core.clock import day_begins
from brokerage.core.roles import Role
from brokerage.messaging import send
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from content.models import Reminder, ReminderRun
from content.rules.reminding import (
    ConcentrationRule,
    Trading,
    TradingRule,
    is_concentrated,
    share_of,
    trades_too_often,
)
from content.states import Outcome, ReminderKind
from content.use_cases import remind as night
from content.use_cases.answer_reminder import UnableToFollowUp, follow_up, mute
from content.use_cases.read_item import read_item
from content.use_cases.remind import remind
from content.use_cases.withdraw_item import withdraw_item
from holdings.models import Position, Trade
from holdings.states import AccountKind
from tests.branches.factories import make_staff, make_unit
from tests.content.factories import AT, a_check, a_released, a_signed, an_instrument, approve
from tests.customers.factories import a_customer
from tests.holdings.factories import an_account
from tests.killing import killed_at
from tests.users.factories import sign_in

DAY = date(2026, 3, 2)
OFTEN = TradingRule(version="v", days=20, windows=6, least=20, times=Decimal(2))
MUCH = ConcentrationRule(
    version="v", percent=60, least=Decimal(20_000), kinds=frozenset({"stock"})
)


# --- rules ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "before", "too_often"),
    [(20, 60, True), (19, 6, False), (20, 61, False), (40, 0, False), (100, 301, False)],
)
def test_too_often_is_twice_the_own_average(now: int, before: int, too_often: bool) -> None:
    assert trades_too_often(Trading(now=now, before=before, fees=Decimal()), OFTEN) is too_often


@given(st.integers(0, 500), st.integers(0, 3000))
def test_more_trades_never_make_it_less(now: int, before: int) -> None:
    def asked(count: int) -> bool:
        return trades_too_often(Trading(now=count, before=before, fees=Decimal()), OFTEN)

    assert asked(now) <= asked(now + 1)


@pytest.mark.parametrize(
    ("largest", "total", "much"),
    [("12000", "20000", True), ("11999.99", "20000", False), ("19000", "19999.99", False)],
)
def test_concentration_begins_at_the_share(largest: str, total: str, much: bool) -> None:
    assert is_concentrated(Decimal(largest), Decimal(total), MUCH) is much
    assert share_of(Decimal(0), Decimal(0)) == 0


# --- a night --------------------------------------------------------------------------------
@pytest.fixture
def texts(db: None) -> None:
    load_texts(at=AT)


def trades(
    account: Any, instrument: Any, *, count: int, day: date = DAY, side: str = "buy"
) -> None:
    Trade.objects.bulk_create(
        Trade(
            day=day,
            account=account,
            number=f"{account.pk}-{day:%m%d}-{number}",
            instrument=instrument,
            side=side,
            quantity=100,
            price=10,
            amount=1000,
            fees=Decimal("5.25"),
        )
        for number in range(count)
    )


def position(account: Any, instrument: Any, value: int) -> None:
    Position.objects.create(
        day=DAY, account=account, instrument=instrument, quantity=1, price=1, value=value, cost=1
    )


def a_trader(phone: str = "+8613900001001", **values: Any) -> Any:
    """Somebody who trades four times as often as usual."""
    customer = a_customer(phone, **values)
    account, bank = an_account(customer), an_instrument()
    trades(account, bank, count=20, day=DAY - timedelta(days=40), side="sell")
    trades(account, bank, count=24, side="sell")
    return customer


def kinds(customer: Any) -> list[str]:
    return sorted(Reminder.objects.filter(customer=customer).values_list("kind", flat=True))


def test_trading_too_often_is_said_with_its_cost_once_a_month(texts: None) -> None:
    customer = a_trader(language="en")
    assert remind(day=DAY, at=AT)
    reminder = Reminder.objects.get(customer=customer)
    assert reminder.facts == {"number": 24, "usual": "3.3", "days": 20, "fees": "126.00"}
    assert reminder.rule_version == "content.reminders@2026-01-01"
    assert reminder.message is not None
    assert remind(day=DAY + timedelta(days=1), at=AT + timedelta(days=1))
    assert Reminder.objects.count() == 1


def test_concentration_and_a_rumour_before_a_purchase(texts: None) -> None:
    customer, bank = a_customer("+8613900001001"), an_instrument()
    other = an_instrument("600002", "示范制药", "Specimen Pharma")
    account = an_account(customer)
    position(account, bank, 30_000)
    position(account, other, 5_000)
    item = a_released(a_check(instruments=[bank]), at=AT - timedelta(days=2))
    read_item(item=item, customer=customer, at=AT - timedelta(days=2))
    trades(account, bank, count=1)
    remind(day=DAY, at=AT)
    assert kinds(customer) == ["concentration", "rumour"]
    assert Reminder.objects.get(kind="concentration").facts["percent"] == 85
    assert Reminder.objects.get(kind="rumour").needs_person


@pytest.mark.parametrize(("half", "much"), [(15_000, True), (14_999, False)])
def test_a_security_in_two_accounts_counts_once(half: int, much: bool, texts: None) -> None:
    """Neither position reaches 60 of 50,000 yuan; both together do."""
    customer, bank = a_customer("+8613900001001"), an_instrument()
    other = an_instrument("600002", "示范制药", "Specimen Pharma")
    ordinary, margin = an_account(customer), an_account(customer, AccountKind.MARGIN)
    position(ordinary, bank, half)
    position(margin, bank, 15_000)
    position(ordinary, other, 20_000)
    remind(day=DAY, at=AT)
    assert kinds(customer) == (["concentration"] if much else [])


@pytest.mark.parametrize(
    ("verdict", "days", "side"),
    [("verified", 2, "buy"), ("disputed", 9, "buy"), ("disputed", 2, "sell")],
)
def test_no_rumour_where_it_was_true_long_ago_or_sold(
    verdict: str, days: int, side: str, texts: None
) -> None:
    customer, bank = a_customer("+8613900001001"), an_instrument()
    before = AT - timedelta(days=days)
    item = a_released(a_check(instruments=[bank], verdict=verdict), at=before)
    read_item(item=item, customer=customer, at=before)
    trades(an_account(customer), bank, count=1, side=side)
    remind(day=DAY, at=AT)
    assert kinds(customer) == []


EVENING = AT + timedelta(hours=10)
MORNING = AT + timedelta(hours=21)
"""Of the day, and of the next one before its exchange opens: after the trade in any case."""


@pytest.mark.parametrize(
    ("read_at", "told"),
    [
        (day_begins(DAY) - timedelta(minutes=1), ["rumour"]),
        (day_begins(DAY), []),
        (EVENING, []),
        (MORNING, []),
        (AT + timedelta(days=5), []),
    ],
)
def test_who_read_the_fact_check_after_buying_is_accused_of_nothing(
    read_at: Any, told: list[str], texts: None
) -> None:
    """Also when the night runs again days later, after a correction of the counter."""
    customer, bank = a_customer("+8613900001001"), an_instrument()
    item = a_released(a_check(instruments=[bank]), at=AT - timedelta(days=2))
    trades(an_account(customer), bank, count=1)
    read_item(item=item, customer=customer, at=read_at)
    assert remind(day=DAY, at=AT + timedelta(days=6))
    assert kinds(customer) == told


def test_a_fact_check_that_was_wrong_accuses_nobody_who_read_it(texts: None) -> None:
    """Withdrawn, or corrected to say that it was true; one that is still doubted counts."""
    before, bank = AT - timedelta(days=2), an_instrument()
    withdrawn, verified, doubted = (
        a_released(a_check(instruments=[bank]), at=before) for _each in range(3)
    )
    note: dict[str, Any] = {"note_zh": "有误。", "note_en": "Wrong."}
    people = {}
    for number, item in enumerate((withdrawn, verified, doubted)):
        people[item.pk] = customer = a_customer(f"+861390000101{number}")
        trades(an_account(customer), bank, count=1)
        read_item(item=item, customer=customer, at=before)
    withdraw_item(item=withdrawn, officer=make_staff(Role.COMPLIANCE), at=before, **note)
    for item, verdict in ((verified, "verified"), (doubted, "unverifiable")):
        item.verdict = verdict
        item.save()
        approve(a_signed(item, at=before, is_correction=True, **note), at=before)
    remind(day=DAY, at=AT)
    assert [kinds(people[each.pk]) for each in (withdrawn, verified, doubted)] == [
        [], [], ["rumour"],
    ]  # fmt: skip


def test_what_is_muted_is_not_said(texts: None) -> None:
    customer = a_trader()
    mute(customer=customer, kind=ReminderKind.TRADING, is_muted=True, at=AT)
    remind(day=DAY, at=AT)
    assert kinds(customer) == []


def test_a_night_killed_in_the_middle_goes_on_without_a_double(
    texts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night, "PORTION", 2)
    people = [a_trader(f"+86139000010{number:02}") for number in range(5)]
    real, calls = send, iter(range(100))

    def breaks(**values: Any) -> Any:
        if next(calls) == 3:
            raise RuntimeError("killed")
        return real(**values)

    monkeypatch.setattr(night, "send", breaks)
    with pytest.raises(RuntimeError):
        remind(day=DAY, at=AT)
    assert (Reminder.objects.count(), ReminderRun.objects.get().finished_at) == (2, None)
    assert remind(day=DAY, at=AT)
    assert remind(day=DAY, at=AT)
    assert [kinds(one) for one in people] == [["trading"]] * 5
    assert Message.objects.filter(text__kind="content.remind_trading").count() == 5
    assert ReminderRun.objects.get().made == 5


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("calls", "told"), [(0, 0), (3, 2), (4, 4)])
def test_a_night_whose_worker_was_killed_is_finished_by_the_next(
    texts: None, monkeypatch: pytest.MonkeyPatch, calls: int, told: int
) -> None:
    """By SIGKILL within the first portion, within the second, and at the begin of the third."""
    monkeypatch.setattr(night, "PORTION", 2)
    people = [a_trader(f"+86139000010{number:02}") for number in range(5)]
    killed_at(night, "send", lambda: remind(day=DAY, at=AT), calls=calls)
    assert Reminder.objects.count() == told, "whole portions, nothing half"
    for _twice in range(2):
        assert remind(day=DAY, at=AT)
    assert [kinds(one) for one in people] == [["trading"]] * 5
    assert Message.objects.filter(text__kind="content.remind_trading").count() == 5


# --- pages ----------------------------------------------------------------------------------
def test_a_customer_reads_mutes_and_says_done(
    texts: None, client: Client, time_machine: Any
) -> None:
    time_machine.move_to(AT, tick=False)
    customer, other = a_trader(language="en"), a_trader("+8613900001002")
    remind(day=DAY, at=AT)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, customer.user, at=AT)
    page = client.get("/insights/reminders/").content.decode()
    assert "24 trades" in page
    assert "126.00" in page
    theirs = Reminder.objects.get(customer=other)
    for ref in (Reminder.objects.get(customer=customer).ref, theirs.ref, "x"):
        client.post("/insights/reminders/", {"done": ref})
    assert Reminder.objects.get(customer=customer).acted_at == AT
    theirs.refresh_from_db()
    assert theirs.acted_at is None
    client.post("/insights/reminders/", {"kind": "trading", "wish": "mute"})
    client.post("/insights/reminders/", {"kind": "nonsense", "wish": "mute"})
    assert "Remind me again" in client.get("/insights/reminders/").content.decode()


def test_an_adviser_follows_up_customers_of_their_outlet_alone(texts: None) -> None:
    unit = make_unit()
    mine, stranger = make_staff(Role.ADVISER, unit), make_staff(Role.ADVISER, make_unit())
    customer = a_trader()
    customer.home_outlet_ref = unit.ref
    customer.save()
    remind(day=DAY, at=AT)
    reminder = Reminder.objects.get()
    with pytest.raises(UnableToFollowUp):
        follow_up(reminder=reminder, outcome=Outcome.TALKED, adviser=mine, at=AT)
    Reminder.objects.update(needs_person=True)
    with pytest.raises(Http404):
        follow_up(reminder=reminder, outcome=Outcome.TALKED, adviser=stranger, at=AT)
    follow_up(reminder=reminder, outcome=Outcome.TALKED, adviser=mine, at=AT)
    with pytest.raises(UnableToFollowUp):
        follow_up(reminder=reminder, outcome=Outcome.UNNEEDED, adviser=mine, at=AT)
