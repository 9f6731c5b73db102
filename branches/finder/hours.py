"""The hours of an outlet as a table: the usual week, and the days that differ soon."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from branches.models import HoursException, OpeningHours, OrgUnit
from branches.states import Weekday
from branches.visits.rules.slots import Span
from brokerage.core.display import formats
from brokerage.core.display.languages import reads_english
from brokerage.reference.models import CalendarDay, Market

AHEAD = 30  # days in which other hours are told


@dataclass(frozen=True)
class Row:
    """One line: which days, and their hours in words."""

    days: str
    hours: str
    today: bool = False
    note: str = ""


def usual_week(unit: OrgUnit, day: date) -> dict[int, list[Span]]:
    """The opening minutes of each weekday that hold on `day`; one query."""
    week: dict[int, list[Span]] = defaultdict(list)
    rows = OpeningHours.objects.on(day).filter(unit=unit).order_by("weekday", "opens")
    for weekday, opens, closes in rows.values_list("weekday", "opens", "closes"):
        week[weekday].append((opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute))
    return dict(week)


def hours_table(unit: OrgUnit, today: date, week: dict[int, list[Span]]) -> list[Row]:
    """The week with equal neighbours together, then what differs in the next days; two queries."""
    return _week_rows(week, today) + _other_rows(unit, today)


def _week_rows(week: dict[int, list[Span]], today: date) -> list[Row]:
    groups: list[tuple[int, int, list[Span]]] = []
    for weekday in range(1, 8):
        spans = week.get(weekday, [])
        if groups and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], weekday, spans)
        else:
            groups.append((weekday, weekday, spans))
    return [
        Row(_days(first, last), hours_text(spans), first <= today.isoweekday() <= last)
        for first, last, spans in groups
    ]


def _other_rows(unit: OrgUnit, today: date) -> list[Row]:
    last = today + timedelta(days=AHEAD)
    single: dict[date, list[Span]] = {}
    notes: dict[date, str] = {}
    exceptions = HoursException.objects.filter(unit=unit, day__range=(today, last))
    for row in exceptions.order_by("day", "opens"):
        spans = single.setdefault(row.day, [])
        if row.opens and row.closes:
            spans.append(
                (row.opens.hour * 60 + row.opens.minute, row.closes.hour * 60 + row.closes.minute)
            )
        notes[row.day] = row.note or notes.get(row.day, "")
    holidays = CalendarDay.objects.filter(
        market=Market.CN, day__range=(today, last), is_working=False
    ).exclude(name_zh="")
    english = reads_english()
    for holiday in holidays:
        if holiday.day not in single:
            single[holiday.day] = []
            notes[holiday.day] = (english and holiday.name_en) or holiday.name_zh
    return [
        Row(formats.day(day), hours_text(spans), day == today, notes.get(day, ""))
        for day, spans in sorted(single.items())
    ]


def hours_text(spans: list[Span]) -> str:
    """9:00–11:30, 13:00–17:00; "Closed" for none."""
    if not spans:
        return _("Closed")
    shown = [f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans]
    return ("，" if formats.is_chinese() else ", ").join(shown)


def _days(first: int, last: int) -> str:
    start, end = Weekday(first).label, Weekday(last).label
    if first == last:
        return str(start)
    return _("{first} to {last}").format(first=start, last=end)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"
