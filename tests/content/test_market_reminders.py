"""Ratings that changed and valuations at an end of their history; limits; corrected days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokerage.core.reminders import reminders
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from content.handlers import remind_again
from content.models import ClosingPrice, Rating, Reminder, ReminderRun, Valuation
from content.rules.reminding import Limit, within_limit
from content.rules.valuing import Side, ValuationRule, percent_below, side_of
from content.states import ReminderKind
from content.use_cases.answer_reminder import mute
from content.use_cases.remind import remind
from holdings.models import Trade
from holdings.states import FileKind
from tests.content.factories import AT, a_rating, a_source, an_instrument
from tests.content.test_reminders import DAY, a_trader, kinds, position, trades
from tests.customers.factories import a_customer
from tests.holdings.factories import an_account

RULE = ValuationRule(
    version="v", years=3, least_days=100, high_percent=95, low_percent=5, fresh_days=7
)
TOMORROW = DAY + timedelta(days=1)


# --- rules ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lower", "days", "side"),
    [
        (95, 100, Side.HIGH),
        (94, 100, None),
        (99, 99, None),  # too short a history
        (5, 100, Side.LOW),
        (6, 100, None),
        (0, 100, Side.LOW),
        (189, 200, None),
        (190, 200, Side.HIGH),
    ],
)
def test_an_end_of_the_history_begins_at_its_share(
    lower: int, days: int, side: Side | None
) -> None:
    assert side_of(lower, days, RULE) is side


@given(st.integers(0, 800), st.integers(0, 800))
def test_what_is_high_has_more_days_below_it_than_what_is_low(one: int, days: int) -> None:
    lower = min(one, days)
    side = side_of(lower, days, RULE)
    assert 0 <= percent_below(lower, days) <= 100
    assert (side is Side.HIGH) <= (percent_below(lower, days) >= 95)
    assert (side is Side.LOW) <= (percent_below(lower, days) <= 5)


@dataclass(frozen=True)
class One:
    """Something found, as the limit sees it."""

    number: int
    needs_person: bool


@given(st.lists(st.booleans(), max_size=12), st.integers(0, 6), st.integers(1, 5))
def test_the_limit_holds_and_never_puts_off_what_needs_a_person(
    for_a_person: list[bool], said: int, most: int
) -> None:
    found = [One(number, needs) for number, needs in enumerate(for_a_person)]
    told = within_limit(found, said, Limit(most=most, days=7))
    assert [one for one in found if one.needs_person] == [one for one in told if one.needs_person]
    others = [one for one in told if not one.needs_person]
    assert len(others) <= max(0, most - said)
    assert [one.number for one in told] == sorted(one.number for one in told)
    put_off = set(found) - set(told)
    assert not put_off or said + len(told) >= most, "nothing is put off while there is room"


# --- ratings --------------------------------------------------------------------------------
@pytest.fixture
def texts(db: None) -> None:
    load_texts(at=AT)


def a_holder(phone: str = "+8613900001001", **values: Any) -> Any:
    """Somebody who holds the bank beside others, so that nothing else is said."""
    customer = a_customer(phone, **values)
    account = an_account(customer)
    position(account, an_instrument(), 4_000)
    position(account, an_instrument("600002", "示范制药", "Specimen Pharma"), 5_000)
    return customer


def rated(*levels: str, last: date = DAY, **values: Any) -> list[Rating]:
    """Ratings of one source, a day apart, the last one on `last`."""
    source = values.pop("source", None) or a_source(**values)
    days = [last - timedelta(days=back) for back in reversed(range(len(levels)))]
    return [
        a_rating(level=one, day=day, source=source) for one, day in zip(levels, days, strict=True)
    ]


def test_a_changed_rating_is_told_with_old_new_source_and_date(texts: None) -> None:
    customer, stranger = a_holder(language="en"), a_customer("+8613900001002")
    (_old, new) = rated("add", "hold")
    ClosingPrice.objects.create(instrument=new.instrument, day=DAY, close=Decimal("6.21"))
    assert remind(day=DAY, at=AT)
    reminder = Reminder.objects.get()
    assert (reminder.customer, reminder.kind, reminder.needs_person) == (
        customer, "rating", False,
    )  # fmt: skip
    assert reminder.facts["old"] == {"zh-hans": "增持", "en": "Add"}
    assert reminder.facts["new"] == {"zh-hans": "中性", "en": "Neutral"}
    assert reminder.facts["day"] == "2026-03-02"
    assert reminder.rule_version == "content.remind_rating@2026-01-01"
    assert "6.21" in reminder.facts["close"]["en"]
    assert kinds(stranger) == []


@pytest.mark.parametrize(
    "levels",
    [("hold",), ("hold", "hold"), ("sell", "hold", "hold"), ("hold", "add", "add", "add")],
)
def test_a_first_or_repeated_rating_is_no_change(levels: tuple[str, ...], texts: None) -> None:
    customer = a_holder()
    rated(*levels)
    remind(day=DAY, at=AT)
    assert kinds(customer) == []


def test_a_change_is_told_while_it_is_fresh_and_only_the_newest(texts: None) -> None:
    customer = a_holder()
    rated("sell", "hold", last=DAY - timedelta(days=7))
    remind(day=DAY, at=AT)
    assert kinds(customer) == []
    rated("hold", "add", "buy")
    remind(day=TOMORROW, at=AT)  # the holdings of that day are not there yet
    assert kinds(customer) == []
    ReminderRun.objects.all().delete()
    remind(day=DAY, at=AT)
    assert Reminder.objects.get().facts["new"]["en"] == "Buy"


def test_a_deep_fall_is_followed_up_by_an_adviser(texts: None) -> None:
    a_holder()
    rated("buy", "hold")
    remind(day=DAY, at=AT)
    assert Reminder.objects.get().needs_person


# --- valuations -----------------------------------------------------------------------------
def valued(figures: list[Any], column: str = "earnings", last: date = DAY) -> None:
    """A history of one figure a day; the last one stands on `last`."""
    Valuation.objects.bulk_create(
        Valuation(
            instrument=an_instrument(),
            day=last - timedelta(days=len(figures) - 1 - number),
            **{column: figure},
        )
        for number, figure in enumerate(figures)
    )


def test_a_valuation_is_told_with_method_date_and_share_of_its_history(texts: None) -> None:
    customer = a_holder(language="en")
    valued([*range(1, 200), 500])
    remind(day=DAY, at=AT)
    assert kinds(customer) == ["valuation"]
    facts = Reminder.objects.get().facts
    assert facts["method"]["en"] == "price to earnings"
    assert facts["side"] == {"zh-hans": "偏高", "en": "high"}
    assert (facts["value"], facts["days"], facts["percent"]) == ("500.00", 200, 99)
    assert facts["day"] == "2026-03-02"
    assert facts["close"] == {"zh-hans": "不详", "en": "not known"}


def test_in_a_loss_book_value_is_the_method(texts: None) -> None:
    a_holder()
    valued([*range(200, 1, -1), 1], "book")
    remind(day=DAY, at=AT)
    facts = Reminder.objects.get().facts
    assert (facts["method"]["zh-hans"], facts["side"]["en"]) == ("市净率", "low")


@pytest.mark.parametrize(
    ("figures", "last"),
    [
        ([*range(1, 100), 500], DAY),  # too short
        ([*range(1, 200), 100], DAY),  # in the middle
        ([*range(1, 200), 500], DAY - timedelta(days=7)),  # old
    ],
)
def test_nothing_is_said_of_the_middle_nor_of_short_or_old_histories(
    figures: list[int], last: date, texts: None
) -> None:
    customer = a_holder()
    valued(figures, last=last)
    remind(day=DAY, at=AT)
    assert kinds(customer) == []


# --- the night ------------------------------------------------------------------------------
def test_each_kind_has_texts_and_can_be_muted(texts: None) -> None:
    customer = a_holder()
    assert set(ReminderKind.values) <= {key for key, _kind in reminders.items()}
    rated("add", "hold")
    mute(customer=customer, kind="rating", is_muted=True, at=AT)
    remind(day=DAY, at=AT)
    assert kinds(customer) == []


def test_more_than_the_limit_waits_for_a_later_night(texts: None) -> None:
    customer = a_holder()
    for number in range(5):
        rated("add", "hold", name=f"来源{number}")
    remind(day=DAY, at=AT)
    assert kinds(customer) == ["rating"] * 3
    ReminderRun.objects.all().delete()
    Reminder.objects.update(day=DAY - timedelta(days=7))
    remind(day=DAY, at=AT)
    assert kinds(customer) == ["rating"] * 5


def corrected(kind: FileKind = FileKind.TRADES, day: date = DAY) -> None:
    remind_again(
        SimpleNamespace(file_kind=kind, day=day),  # type: ignore[arg-type]
        SimpleNamespace(at=AT + timedelta(hours=3)),
    )


def test_a_late_correction_says_nothing_twice_and_loses_nothing(texts: None) -> None:
    known, late = a_trader(), a_holder("+8613900001002")
    assert remind(day=DAY, at=AT)
    account = late.counter_accounts.get()
    trades(account, an_instrument(), count=5, day=DAY - timedelta(days=60))
    trades(account, an_instrument(), count=24, side="sell")
    Trade.objects.filter(account__customer=known, day=DAY).first().delete()  # type: ignore[union-attr]  # there is one
    assert remind(day=DAY, at=AT)
    assert kinds(late) == [], "the night is over"
    corrected()
    assert remind(day=DAY, at=AT)
    assert (kinds(known), kinds(late)) == (["trading"], ["trading"])
    assert Message.objects.filter(text__kind="content.remind_trading").count() == 2


@pytest.mark.parametrize(
    ("kind", "day"), [(FileKind.CASH, DAY), (FileKind.TRADES, DAY - timedelta(days=8))]
)
def test_other_files_and_old_days_open_no_night(kind: FileKind, day: date, texts: None) -> None:
    remind(day=day, at=AT)
    corrected(kind, day)
    assert ReminderRun.objects.get().finished_at is not None
