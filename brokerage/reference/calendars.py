"""Counting in trading days and in working days: two different tables of the same calendar.

Trading days are those of an exchange market; working days are the official ones of the
mainland. All functions take and return business dates (Asia/Shanghai) and refuse to guess
beyond the loaded dates.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from django.db.models import Count, Max, Q, QuerySet

from brokerage.core.trusted import trusted
from brokerage.core.written import LATER_DAY, SOME_DAY, Written
from brokerage.reference.models import CalendarDay, Market

Flag = Literal["is_trading", "is_working"]
LEAST_REMAINING = 60  # trading days; below this the alarm rings


class CalendarEnds(LookupError):
    """The answer lies outside the loaded calendar: load the announced year (`load_calendar`)."""

    def __init__(self, market: str, day: date) -> None:
        super().__init__(
            f"The calendar {market} does not reach far enough from {day}: "
            "load the announced year with `manage.py load_calendar`."
        )
        self.market, self.day = market, day


def is_trading_day(day: date, *, market: str = Market.CN) -> bool:
    """Whether the market trades on `day`; raises CalendarEnds outside the loaded dates."""
    return _flag_of(day, "is_trading", market)


def is_working_day(day: date) -> bool:
    """Whether `day` is an official working day; raises CalendarEnds outside the loaded dates."""
    return _flag_of(day, "is_working", Market.CN)


def next_trading_day(day: date, *, market: str = Market.CN) -> date:
    """The first trading day after `day`; raises CalendarEnds."""
    return _walk(day, 1, "is_trading", market)


def previous_trading_day(day: date, *, market: str = Market.CN) -> date:
    """The last trading day before `day`; raises CalendarEnds."""
    return _walk(day, -1, "is_trading", market)


def add_trading_days(day: date, n: int, *, market: str = Market.CN) -> date:
    """The n-th trading day after `day` (before it where n is negative).

    For n = 0 it is `day` itself, or the first trading day after it. `day` need not be one.

    Raises:
        CalendarEnds: when the loaded calendar does not reach.
    """
    return _walk(day, n, "is_trading", market)


def trading_days_around(
    start: date, end: date, *, market: str = Market.CN
) -> Callable[[date, int], date]:
    """`add_trading_days` over the days from `start` to `end`, which are read in one query.

    Returns:
        A function of a date in the span and a number; it raises CalendarEnds outside the span.
    """
    rows = _days(market).filter(day__range=(start, end), is_trading=True)
    days = list(rows.order_by("day").values_list("day", flat=True))

    def counted(day: date, n: int) -> date:
        at = bisect_left(days, day) if n <= 0 else bisect_right(days, day) - 1
        if not start <= day <= end or not 0 <= at + n < len(days):
            raise CalendarEnds(market, day)
        return days[at + n]

    return counted


def add_working_days(day: date, n: int) -> date:
    """The n-th working day after `day`; counted like `add_trading_days`."""
    return _walk(day, n, "is_working", Market.CN)


def trading_days_between(start: date, end: date, *, market: str = Market.CN) -> int:
    """How many trading days lie in the half-open range from `start` up to, not including, `end`.

    Raises:
        CalendarEnds: when the range is not loaded completely.
        ValueError: when `end` is before `start`.
    """
    return _count(start, end, "is_trading", market)


def working_days_between(start: date, end: date) -> int:
    """How many working days lie in [start, end); like `trading_days_between`."""
    return _count(start, end, "is_working", Market.CN)


AHEAD = timedelta(days=31)


class Ahead:
    """The days from one on, for what looks at some of them: one query for a month.

    As the calendar stood some seconds ago at most.
    """

    def __init__(self, start: date, *, market: str = Market.CN) -> None:
        self._start, self._market = start, market

    def is_trading_day(self, day: date) -> bool:
        """As `is_trading_day` of the module."""
        known = self._flags.get(day)
        return known[0] if known else is_trading_day(day, market=self._market)

    def is_working_day(self, day: date) -> bool:
        """As `is_working_day` of the module."""
        known = self._flags.get(day)
        return known[1] if known else _flag_of(day, "is_working", self._market)

    @cached_property
    def _flags(self) -> dict[date, tuple[bool, bool]]:
        return _month(str(self._market), self._start)


@trusted
def _month(market: str, start: date) -> dict[date, tuple[bool, bool]]:
    rows = DAYS.load(market=market, start=start, end=start + AHEAD)
    return {row.day: (row.is_trading, row.is_working) for row in rows}


DAYS = Written(
    lambda market, start, end: _days(market).filter(day__gte=start, day__lt=end),
    market="a market",
    start=SOME_DAY,
    end=LATER_DAY,
)


@dataclass(frozen=True)
class Remaining:
    """How many trading days lie ahead in the loaded calendar.

    Attributes:
        announced: up to the last day of the announced calendar.
        provisional: beyond it, derived from statutory days and sure to change.
        ends: the last loaded day; None where nothing is loaded.
    """

    announced: int
    provisional: int
    ends: date | None

    @property
    def alarm(self) -> bool:
        """Whether the announced calendar has to be loaded soon."""
        return self.announced < LEAST_REMAINING


def days_remaining(on: date, *, market: str = Market.CN) -> Remaining:
    """Trading days after the business date `on` that the loaded calendar still has."""
    found = CalendarDay.objects.filter(market=market).aggregate(
        announced=Count("pk", filter=Q(day__gt=on, is_trading=True, is_provisional=False)),
        provisional=Count("pk", filter=Q(day__gt=on, is_trading=True, is_provisional=True)),
        ends=Max("day"),
    )
    return Remaining(**found)


def _flag_of(day: date, flag: Flag, market: str) -> bool:
    value = _days(market).filter(day=day).values_list(flag, flat=True).first()
    if value is None:
        raise CalendarEnds(market, day)
    return value


def _walk(day: date, n: int, flag: Flag, market: str) -> date:
    """The n-th flagged day from `day`; the row of `day` itself proves that it is loaded."""
    if n < 0:
        span, order, steps = Q(day__lt=day), "-day", -n
    else:
        span, order, steps = (Q(day__gte=day) if n == 0 else Q(day__gt=day)), "day", n or 1
    start, flagged = Q(day=day), Q(**{flag: True}) & span
    rows = _days(market).filter(start | flagged).order_by(order).values_list("day", flag)
    found = list(rows[: steps + 1])
    if not found or found[0][0] != day:
        raise CalendarEnds(market, day)
    if n == 0 and found[0][1]:
        return day
    if len(found) <= steps:
        raise CalendarEnds(market, day)
    return found[steps][0]


def _count(start: date, end: date, flag: Flag, market: str) -> int:
    if end < start:
        raise ValueError(f"{end} is before {start}.")
    found = (
        _days(market)
        .filter(day__gte=start, day__lt=end)
        .aggregate(loaded=Count("pk"), counted=Count("pk", filter=Q(**{flag: True})))
    )
    if found["loaded"] != (end - start).days:
        raise CalendarEnds(market, start)
    return int(found["counted"])


def _days(market: str) -> QuerySet[CalendarDay]:
    return CalendarDay.objects.filter(market=market)
