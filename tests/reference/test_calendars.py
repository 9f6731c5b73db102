"""Counting in trading and working days, on the shipped calendar and on made ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from brokerage.reference.calendars import (
    CalendarEnds,
    add_trading_days,
    add_working_days,
    days_remaining,
    is_trading_day,
    is_working_day,
    next_trading_day,
    previous_trading_day,
    trading_days_between,
    working_days_between,
)
from brokerage.reference.metrics import trading_days_ahead
from brokerage.reference.models import Market
from tests.reference.factories import make_days

SB = Market.SOUTHBOUND


@pytest.mark.django_db
def test_the_exchanges_closed_on_a_workday_in_2024():
    assert is_working_day(date(2024, 2, 9))
    assert not is_trading_day(date(2024, 2, 9))
    assert next_trading_day(date(2024, 2, 8)) == date(2024, 2, 19)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "day", [date(2024, 2, 4), date(2025, 10, 11), date(2026, 2, 28), date(2026, 10, 10)]
)
def test_a_make_up_weekend_works_but_does_not_trade(day):
    assert day.weekday() >= 5
    assert is_working_day(day)
    assert not is_trading_day(day)


@pytest.mark.django_db
def test_days_around_a_holiday():
    assert next_trading_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert previous_trading_day(date(2026, 10, 8)) == date(2026, 9, 30)
    assert previous_trading_day(date(2026, 10, 4)) == date(2026, 9, 30)
    assert add_working_days(date(2026, 10, 9), 1) == date(2026, 10, 10)
    assert add_trading_days(date(2026, 10, 9), 1) == date(2026, 10, 12)


@pytest.mark.django_db
def test_adding_counts_from_a_day_that_need_not_trade():
    saturday = date(2026, 3, 7)
    assert add_trading_days(saturday, 1) == date(2026, 3, 9)
    assert add_trading_days(saturday, 0) == date(2026, 3, 9)
    assert add_trading_days(saturday, -1) == date(2026, 3, 6)
    assert add_trading_days(date(2026, 3, 9), 0) == date(2026, 3, 9)
    assert add_trading_days(date(2026, 3, 2), 20) == date(2026, 3, 30)
    assert add_trading_days(date(2026, 3, 2), -20) == date(2026, 1, 23)


@pytest.mark.django_db
def test_a_year_has_its_known_number_of_trading_days():
    years = {2024: 242, 2025: 243, 2026: 242}
    for year, days in years.items():
        assert trading_days_between(date(year, 1, 1), date(year + 1, 1, 1)) == days


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ask",
    [
        lambda: is_trading_day(date(2023, 12, 29)),
        lambda: is_working_day(date(2028, 1, 3)),
        lambda: next_trading_day(date(2023, 12, 31)),
        lambda: next_trading_day(date(2027, 12, 31)),
        lambda: previous_trading_day(date(2024, 1, 2)),
        lambda: previous_trading_day(date(2028, 1, 1)),
        lambda: add_trading_days(date(2020, 1, 1), 1),
        lambda: add_trading_days(date(2027, 6, 1), 300),
        lambda: add_trading_days(date(2024, 1, 10), -30),
        lambda: add_trading_days(date(2028, 1, 3), 0),
        lambda: add_working_days(date(2028, 1, 3), 1),
        lambda: trading_days_between(date(2023, 12, 1), date(2024, 2, 1)),
        lambda: trading_days_between(date(2027, 12, 1), date(2028, 1, 2)),
        lambda: working_days_between(date(2029, 1, 1), date(2029, 2, 1)),
        lambda: is_trading_day(date(2026, 3, 2), market=SB),
    ],
)
def test_no_answer_is_guessed_beyond_the_loaded_days(ask):
    with pytest.raises(CalendarEnds, match="load_calendar"):
        ask()


@pytest.mark.django_db
def test_a_range_is_half_open():
    monday = date(2026, 3, 2)
    assert trading_days_between(monday, monday) == 0
    assert trading_days_between(monday, monday + timedelta(1)) == 1
    with pytest.raises(ValueError, match="before"):
        trading_days_between(monday, monday - timedelta(1))


@pytest.mark.django_db
def test_markets_have_calendars_of_their_own():
    make_days(date(2026, 3, 1), date(2026, 3, 31), closed=[date(2026, 3, 3)])
    assert is_trading_day(date(2026, 3, 3))
    assert not is_trading_day(date(2026, 3, 3), market=SB)
    assert next_trading_day(date(2026, 3, 2), market=SB) == date(2026, 3, 4)


@pytest.mark.django_db
def test_the_alarm_rings_below_sixty_announced_days():
    make_days(date(2026, 1, 1), date(2026, 6, 30))
    make_days(date(2026, 7, 1), date(2026, 12, 31), provisional=True)
    sixty = days_remaining(date(2026, 4, 7), market=SB)
    assert (sixty.announced, sixty.provisional, sixty.alarm) == (60, 132, False)
    fewer = days_remaining(date(2026, 4, 8), market=SB)
    assert (fewer.announced, fewer.alarm, fewer.ends) == (59, True, date(2026, 12, 31))


@pytest.mark.django_db
def test_the_alarm_of_the_shipped_calendar_rings_in_autumn_2026():
    assert not days_remaining(date(2026, 9, 1)).alarm
    assert days_remaining(date(2026, 10, 20)).alarm
    assert days_remaining(date(2026, 10, 20)).provisional > 200


@pytest.mark.django_db
def test_a_metric_shows_each_loaded_market():
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False):
        assert trading_days_ahead() == {"CN": 22}
        make_days(date(2026, 12, 1), date(2026, 12, 4))
        assert trading_days_ahead() == {"CN": 22, "SB": 3}


@pytest.mark.django_db
def test_counting_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        add_trading_days(date(2026, 3, 2), 20)
    with django_assert_num_queries(1):
        is_trading_day(date(2026, 3, 2))
    with django_assert_num_queries(1):
        trading_days_between(date(2026, 3, 2), date(2026, 6, 2))


FIRST, LAST = date(2024, 6, 1), date(2027, 6, 1)
DAYS = st.dates(FIRST, LAST)
STEPS = st.integers(1, 60)


class Counting(TestCase):
    """Laws of counting, for any day of the shipped calendar."""

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(day=DAYS, n=STEPS)
    def test_forth_and_back_meet(self, day, n):
        start = add_trading_days(day, 0)
        assert add_trading_days(add_trading_days(start, n), -n) == start

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(day=DAYS, a=STEPS, b=STEPS)
    def test_steps_add_up(self, day, a, b):
        assert add_trading_days(add_trading_days(day, a), b) == add_trading_days(day, a + b)

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(day=DAYS, n=STEPS)
    def test_counting_agrees_with_adding(self, day, n):
        start = add_trading_days(day, 0)
        assert trading_days_between(start, add_trading_days(start, n)) == n

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(day=DAYS)
    def test_neighbours_enclose_only_closed_days(self, day):
        before, after = previous_trading_day(day), next_trading_day(day)
        assert before < day < after
        between = (before + timedelta(n) for n in range(1, (after - before).days))
        assert [one for one in between if is_trading_day(one)] == [day] * is_trading_day(day)

    @settings(max_examples=60, derandomize=True, deadline=None)
    @given(day=DAYS, n=STEPS)
    def test_working_days_are_never_fewer_than_trading_days(self, day, n):
        end = day + timedelta(n)
        assert working_days_between(day, end) >= trading_days_between(day, end)
