"""When units are open on a day: exceptions before holidays before weekdays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import CharField, Value

from branches.models import HoursException, OpeningHours, OrgUnit
from brokerage.core.display.languages import reads_english
from brokerage.reference.models import CalendarDay, Market

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Interval(NamedTuple):
    """From opening until closing, times of Shanghai on one day."""

    opens: time
    closes: time


@dataclass(frozen=True)
class DayHours:
    """The hours of one unit on one day.

    Attributes:
        day: the business date.
        intervals: in their order; empty where it is closed.
        note: why the hours are not the usual ones: a holiday's name or an exception's note.
        is_usual: whether they are those of the weekday.
        is_certain: False where the calendar of that day is not announced yet.
    """

    day: date
    intervals: tuple[Interval, ...] = ()
    note: str = ""
    is_usual: bool = True
    is_certain: bool = True

    @property
    def is_closed(self) -> bool:
        return not self.intervals

    def open_at(self, at: datetime) -> bool:
        """Whether it is open at the instant `at`."""
        local = at.astimezone(SHANGHAI)
        now = local.time().replace(tzinfo=None)
        return local.date() == self.day and any(
            one.opens <= now < one.closes for one in self.intervals
        )


def hours_on(unit: OrgUnit, day: date) -> DayHours:
    """The hours of `unit` on the business date `day`, in two queries."""
    return hours_of([unit], day)[unit.pk]


def hours_of(units: Iterable[OrgUnit], day: date) -> dict[int, DayHours]:
    """The hours of many units on `day` by their key, in two queries.

    An exception counts before everything. Without one, an official holiday closes the unit; a
    weekend made a working day keeps the hours of its weekday. Beyond the announced calendar the
    hours of the weekday are given, marked as not certain.
    """
    mine = {unit.pk: unit for unit in units}
    calendar = CalendarDay.objects.filter(market=Market.CN, day=day).first()
    usual: dict[int, list[Interval]] = {pk: [] for pk in mine}
    other: dict[int, list[Interval]] = {}
    notes: dict[int, str] = {}
    for pk, is_exception, opens, closes, note in _rows(list(mine), day):
        chosen = other.setdefault(pk, []) if is_exception else usual[pk]
        if opens is not None:
            chosen.append(Interval(opens, closes))
        if note:
            notes[pk] = note
    certain = calendar is not None and not calendar.is_provisional
    holiday = _holiday(calendar)
    found = {}
    for pk, unit in mine.items():
        if not _works_on(unit, day):
            found[pk] = DayHours(day, is_usual=False)
        elif pk in other:
            found[pk] = DayHours(day, _in_order(other[pk]), notes.get(pk, ""), False)
        elif holiday:
            found[pk] = DayHours(day, (), holiday, False, certain)
        else:
            found[pk] = DayHours(day, _in_order(usual[pk]), is_certain=certain)
    return found


def _rows(keys: list[int], day: date) -> Any:
    """Unit, whether an exception, opens, closes, note: both tables in one query."""
    note = "note_en" if reads_english() else "note_zh"
    nothing = Value("", output_field=CharField())
    exceptions = (
        HoursException.objects.filter(unit__in=keys, day=day)
        .annotate(is_exception=Value(True))
        .values_list("unit_id", "is_exception", "opens", "closes", note)
    )
    weekly = (
        OpeningHours.objects.on(day)
        .filter(unit__in=keys, weekday=day.isoweekday())
        .annotate(is_exception=Value(False), no_note=nothing)
        .values_list("unit_id", "is_exception", "opens", "closes", "no_note")
    )
    return weekly.union(exceptions, all=True)


def _works_on(unit: OrgUnit, day: date) -> bool:
    return unit.opened_on <= day and (unit.closed_on is None or day < unit.closed_on)


def _holiday(calendar: CalendarDay | None) -> str:
    """The name of the holiday that closes units; empty on any other day."""
    if calendar is None or calendar.is_working or not calendar.name_zh:
        return ""
    english = reads_english()
    return (english and calendar.name_en) or calendar.name_zh


def _in_order(found: list[Interval]) -> tuple[Interval, ...]:
    return tuple(sorted(found))
