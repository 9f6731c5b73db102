"""Load trading and working days from one of two forms of CSV (docs/reference-data.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min

from brokerage.reference.loading import Counts, Errors, Row, header, merge, read_csv, take_turns
from brokerage.reference.models import CalendarDay, Market, Origin

KINDS = ("year", "holiday", "workday", "no_trading")
DAY_TYPES = ("workday", "weekend", "public_holiday", "adjusted_workday")
WEEKEND_TYPES = ("weekend", "adjusted_workday")
NAMES = {"holiday_zh": "name_zh", "holiday_en": "name_en"}
LONGEST = 366 * 5  # days of one row


@dataclass(frozen=True)
class Day:
    """One day as the file says."""

    market: str
    day: date
    is_trading: bool
    is_working: bool
    is_provisional: bool = False
    name_zh: str = ""
    name_en: str = ""


@transaction.atomic
def load_calendar(
    path: Path, *, market: str = Market.CN, source: str = "", origin: Origin = Origin.FIRM
) -> Counts:
    """Load days; announced days replace provisional ones, never the other way round.

    Args:
        path: a list of closures (has a column `kind`) or of single days (has `day_type`).
        market: whose days they are, for a list of single days.
        source: where the days come from; a list of closures says so in its rows.
        origin: who loads.

    Raises:
        BadFile: with row and column of everything wrong; nothing is stored then.
    """
    take_turns()
    errors = Errors()
    columns = header(path)
    compact = "kind" in columns
    silent = set() if compact else {"name_zh", "name_en"} - {NAMES.get(one) for one in columns}
    days = _from_closures(path, errors) if compact else _from_days(path, market, errors)
    errors.refuse_any()
    counts = Counts()
    for one_market in sorted({day.market for day, _ in days.values()}):
        mine = {at: day for at, day in days.items() if day[0].market == one_market}
        counts += _store(one_market, mine, source, origin, silent)
    return counts


Days = dict[tuple[str, date], tuple[Day, str]]


def _store(market: str, days: Days, source: str, origin: Origin, silent: set[str]) -> Counts:
    """Store the days of one market; fields that the file is silent about keep their values."""
    present = CalendarDay.objects.filter(market=market)
    announced = set(present.filter(is_provisional=False).values_list("day", flat=True))
    wanted: list[dict[str, Any]] = []
    kept = 0
    for day, said in days.values():
        if day.is_provisional and day.day in announced:
            kept += 1
        else:
            values = {**vars(day), "source": said or source}
            wanted.append({name: values[name] for name in values if name not in silent})
    counts = merge(CalendarDay, wanted, keys=("market", "day"), origin=origin, among=present)
    counts.kept += kept
    span = present.aggregate(first=Min("day"), last=Max("day"), days=Count("pk"))
    if span["days"] and (span["last"] - span["first"]).days + 1 != span["days"]:
        errors = Errors()
        errors.add(0, "day", f"the calendar {market} would have a gap before or after these days")
        errors.refuse_any()
    return counts


def _from_days(path: Path, market: str, errors: Errors) -> Days:
    """A row a day: date, day_type, holiday_en, is_trading_day."""
    days: Days = {}
    for row in read_csv(path, ("date", "day_type", "is_trading_day"), errors):
        at = row.day("date")
        kind = row.one_of("day_type", DAY_TYPES)
        trading = row.flag("is_trading_day")
        working = kind in ("workday", "adjusted_workday")
        if trading and not working:
            row.fail("is_trading_day", f"is 1 on a {kind}")
        name = row.text("holiday_en", most=60, required=False)
        name_zh = row.text("holiday_zh", most=40, required=False)
        if at is None:
            continue
        if kind in (WEEKEND_TYPES if at.weekday() < 5 else ("workday",)):
            row.fail("day_type", f"is {kind} on a {at:%A}")
        if (market, at) in days:
            row.fail("date", "stands in the file twice")
        day = Day(market, at, trading, working, name_zh=name_zh, name_en=name)
        days[market, at] = day, ""
    return days


def _from_closures(path: Path, errors: Errors) -> Days:
    """A row a span: a year first, then what differs from Monday to Friday in it."""
    days: Days = {}
    columns = ("market", "kind", "first_day", "last_day", "provisional", "source")
    for row in read_csv(path, columns, errors):
        market = row.one_of("market", Market.values)
        kind = row.one_of("kind", KINDS)
        provisional = row.flag("provisional")
        names = (
            row.text("name_zh", most=40, required=kind != "year"),
            row.text("name_en", most=60, required=kind != "year"),
        )
        source = row.text("source", most=300)
        for at in _span(row):
            if kind == "year":
                weekday = at.weekday() < 5
                if (market, at) in days:
                    row.fail("first_day", "the years overlap")
                days[market, at] = Day(market, at, weekday, weekday, provisional), source
            elif (market, at) not in days:
                row.fail("first_day", f"{at} lies in no year that stands above it")
            else:
                days[market, at] = _changed(row, kind, days[market, at][0], names), source
    return days


def _changed(row: Row, kind: str, day: Day, names: tuple[str, str]) -> Day:
    if day.name_zh or day.name_en:
        row.fail("first_day", f"{day.day} is named twice")
    if kind == "workday" and day.is_working:
        row.fail("first_day", f"{day.day} is a working day anyway")
    if kind == "no_trading" and not day.is_trading:
        row.fail("first_day", f"{day.day} is no trading day anyway")
    return replace(
        day,
        is_working={"holiday": False, "workday": True}.get(kind, day.is_working),
        is_trading=False,
        name_zh=names[0],
        name_en=names[1],
    )


def _span(row: Row) -> Iterator[date]:
    first, last = row.day("first_day"), row.day("last_day")
    if first is None or last is None:
        return
    length = (last - first).days + 1
    if not 0 < length <= LONGEST:
        row.fail("last_day", f"is before first_day or more than {LONGEST} days after it")
        return
    for offset in range(length):
        yield first + timedelta(offset)
