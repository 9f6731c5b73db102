"""What outlets have for a purpose over some days: four queries however many outlets and days.

1 the dated figures and the matrix of types, 2 hours with exceptions and holidays, 3 people with
licences, leave and rooms, 4 what is taken. Deciding over them is `rules.slots`, without queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateField, F, IntegerField, OuterRef, Q, Subquery, TimeField, Value
from django.db.models.functions import Cast, JSONObject

from branches.models import (
    Absence,
    HoursException,
    Licence,
    OpeningHours,
    OrgUnit,
    Room,
    StaffAssignment,
    UnitProcedure,
    UnitService,
)
from branches.states import ProcedureKind, ProcedureStatus
from branches.visits.figures import Figures, figures_and_matrix
from branches.visits.models import BlockedTime, Purpose, Visit
from branches.visits.rules.slots import Day, Span
from branches.visits.states import Status
from brokerage.core.clock import SHANGHAI, business_date, day_begins
from brokerage.reference.models import CalendarDay, Market

WEEKLY, SINGLE, HOLIDAY = 0, 1, 2
Dates = tuple[date, date | None]


@dataclass
class Supply:
    """Days by outlet and date, with the figures that they were made by."""

    figures: Figures
    days: dict[int, dict[date, Day]]


@dataclass
class _Worker:
    """One assignment with what limits it."""

    unit: int
    user: int
    assigned: Dates
    offered: list[Dates]
    away: list[Dates]
    licences: dict[int, list[Dates]]
    closing: date | None

    def serves_on(self, day: date) -> bool:
        """Whether they work there, licensed and not away, and the outlet offers the service.

        From the announced day of a closing on nobody is booked there any more.
        """
        return (
            _within(self.assigned, day)
            and (self.closing is None or day < self.closing)
            and any(_within(span, day) for span in self.offered)
            and not any(_within(span, day) for span in self.away)
            and all(any(_within(span, day) for span in held) for held in self.licences.values())
        )


@dataclass
class _Taken:
    """Taken minutes by day, of people and of rooms."""

    people: dict[date, dict[int, list[Span]]] = field(default_factory=dict)
    rooms: dict[date, dict[int, list[Span]]] = field(default_factory=dict)


def supply(
    units: Iterable[OrgUnit],
    purpose: Purpose,
    *,
    at: datetime,
    first: date | None = None,
    last: date | None = None,
    ignoring: int | None = None,
    lead: timedelta | None = None,
    offered: Dates | None = None,
) -> Supply:
    """What each of `units` has for `purpose`.

    Args:
        units: outlets with kind, type and dates loaded.
        purpose: with its service loaded (`select_related("service")`).
        at: now; nothing earlier than the lead time after it.
        first, last: business dates, both included; by default today and the last bookable day.
        ignoring: key of a visit whose own time counts as free, for moving it.
        lead: another lead time than the figure; staff may book at once.
        offered: try out what there would be if the units offered the service on these days
            (first, first without it) instead of when they do.
    """
    today = business_date(at)
    figures, matrix = figures_and_matrix(today)
    first = max(first or today, today)
    last = min(last or date.max, today + timedelta(days=figures.days_ahead))
    mine = {unit.pk: unit for unit in units if _gives(unit, purpose, matrix)}
    if not mine or last < first:
        return Supply(figures, {})
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    hours = opening_minutes(list(mine), days)
    workers, rooms = _workers(mine, purpose, first, last)
    if offered is not None:
        for worker in workers:
            worker.offered = [offered]
    people = {worker.user for worker in workers}
    taken = _taken(people, list(mine), days, at, ignoring)
    earliest = _earliest(at + (figures.lead if lead is None else lead))
    found: dict[int, dict[date, Day]] = {}
    for pk, unit in mine.items():
        found[pk] = {}
        team = [worker for worker in workers if worker.unit == pk]
        for day in days:
            if not _works(unit, day) or day < earliest[0]:
                continue
            found[pk][day] = Day(
                hours=hours.get((pk, day), ()),
                people=sorted({w.user for w in team if w.serves_on(day)}),
                rooms=[key for key, *span in rooms.get(pk, ()) if _within(span, day)]
                if purpose.room_kind
                else None,
                busy=taken.people.get(day, {}),
                occupied=taken.rooms.get(day, {}),
                earliest=earliest[1] if day == earliest[0] else 0,
            )
    return Supply(figures, found)


def moment(day: date, minute: int) -> datetime:
    """The instant of a minute since midnight in Shanghai."""
    return day_begins(day) + timedelta(minutes=minute)


def minute_of(at: datetime) -> tuple[date, int]:
    """The business date of an instant and its minute since midnight in Shanghai."""
    local = at.astimezone(SHANGHAI)
    return local.date(), local.hour * 60 + local.minute


def _earliest(at: datetime) -> tuple[date, int]:
    day, minute = minute_of(at)
    return (day, minute + (1 if at.second or at.microsecond else 0))


def _gives(unit: OrgUnit, purpose: Purpose, matrix: dict[str, list[str]]) -> bool:
    return purpose.service.code in matrix.get(unit.outlet_type or unit.kind, ())


def _works(unit: OrgUnit, day: date) -> bool:
    return unit.opened_on <= day and (unit.closed_on is None or day < unit.closed_on)


def opening_minutes(units: list[int], days: list[date]) -> dict[tuple[int, date], list[Span]]:
    """Opening minutes by unit and day: exceptions before holidays before weekdays; one query.

    The same answer as `selectors.hours_of`, for many days at once and without words. Whether a
    unit works at all then is the caller's question.
    """
    weekly: dict[tuple[int, int], list[Any]] = defaultdict(list)
    single: dict[tuple[int, date], list[Span]] = {}
    holidays = set()
    for kind, unit, weekday, day, opens, closes, ends in _hours_rows(units, days):
        if kind == HOLIDAY:
            holidays.add(day)
        elif kind == WEEKLY:
            weekly[unit, weekday].append((day, ends, (_minute(opens), _minute(closes))))
        else:
            spans = single.setdefault((unit, day), [])
            if opens is not None:
                spans.append((_minute(opens), _minute(closes)))
    found = {}
    for unit in units:
        for day in days:
            if (unit, day) in single:
                found[unit, day] = sorted(single[unit, day])
            elif day not in holidays:
                rows = weekly.get((unit, day.isoweekday()), ())
                found[unit, day] = sorted(s for f, t, s in rows if _within((f, t), day))
    return found


def _hours_rows(units: list[int], days: list[date]) -> Any:
    first, last = days[0], days[-1]
    no_day, no_time = Cast(Value(None), DateField()), Cast(Value(None), TimeField())
    no_number = Cast(Value(None), IntegerField())
    weekly = (
        OpeningHours.objects.overlapping(first, last + timedelta(days=1))
        .filter(unit__in=units)
        .annotate(of=Value(WEEKLY))
        .values_list("of", "unit_id", "weekday", "valid_from", "opens", "closes", "valid_to")
    )
    single = (
        HoursException.objects.filter(unit__in=units, day__range=(first, last))
        .annotate(of=Value(SINGLE), weekday=no_number, ends=no_day)
        .values_list("of", "unit_id", "weekday", "day", "opens", "closes", "ends")
    )
    holidays = (
        CalendarDay.objects.filter(market=Market.CN, day__range=(first, last), is_working=False)
        .exclude(name_zh="")
        .annotate(of=Value(HOLIDAY), unit=no_number, weekday=no_number)
        .annotate(opens=no_time, closes=no_time, ends=no_day)
        .values_list("of", "unit", "weekday", "day", "opens", "closes", "ends")
    )
    return weekly.union(single, holidays, all=True)


def _workers(
    units: dict[int, OrgUnit], purpose: Purpose, first: date, last: date
) -> tuple[list[_Worker], dict[int, list[Any]]]:
    """Who can serve the purpose on some day, and the rooms of its kind by unit; one query."""
    end = last + timedelta(days=1)
    span = JSONObject(start=F("valid_from"), end=F("valid_to"))
    kinds = [k for k in (purpose.service.licence_id, purpose.licence_id) if k]
    away = Absence.objects.overlapping(first, end).filter(user=OuterRef("user"))
    held = Licence.objects.overlapping(first, end).filter(user=OuterRef("user"), kind__in=kinds)
    offers = UnitService.objects.overlapping(first, end).filter(
        unit=OuterRef("unit"), service=purpose.service_id
    )
    rooms = Room.objects.overlapping(first, end).filter(
        unit=OuterRef("unit"), kind=purpose.room_kind
    )
    closing = UnitProcedure.objects.filter(
        unit=OuterRef("unit"),
        kind=ProcedureKind.CLOSING,
        status=ProcedureStatus.RUNNING,
        announced_on__isnull=False,
    )
    rows = (
        StaffAssignment.objects.overlapping(first, end)
        .filter(unit__in=units, role__in=purpose.roles, user__is_active=True)
        .annotate(
            offers=ArraySubquery(offers.values_list(span)),
            away=ArraySubquery(away.values_list(span)),
            held=ArraySubquery(
                held.values_list(
                    JSONObject(kind=F("kind_id"), start=F("valid_from"), end=F("valid_to"))
                )
            ),
            rooms=ArraySubquery(
                rooms.order_by("name", "pk").values_list(
                    JSONObject(pk=F("pk"), start=F("valid_from"), end=F("valid_to"))
                )
            ),
        )
        .annotate(closing=Subquery(closing.values("effective_on")[:1]))
        .values_list(
            *("unit_id", "user_id", "valid_from", "valid_to", "offers", "away", "held", "rooms"),
            "closing",
        )
    )
    workers, by_unit = [], {}
    for unit, user, start, stop, offered, gone, licences, own, closes in rows:
        licensed: dict[int, list[Dates]] = {kind: [] for kind in kinds}
        for one in licences:
            licensed[one["kind"]].append(_span(one))
        by_unit[unit] = [(one["pk"], *_span(one)) for one in own]
        workers.append(
            _Worker(
                unit,
                user,
                (start, stop),
                [_span(one) for one in offered],
                [_span(one) for one in gone],
                licensed,
                closes,
            )
        )
    return workers, by_unit


def _taken(
    people: set[int], units: list[int], days: list[date], at: datetime, ignoring: int | None
) -> _Taken:
    """Visits and blocked time of these people, and of the rooms of these units; one query.

    A hold that has run out counts as free: whoever takes its time ends it first.
    """
    first, last = moment(days[0], 0), moment(days[-1] + timedelta(days=1), 0)
    inside = Q(starts_at__lt=last, ends_at__gt=first)
    concerned = Q(unit__in=units)
    columns = ("host_id", "room_id", "starts_at", "ends_at")
    visits = (
        Visit.objects.taking_time()
        .filter(inside, concerned | Q(host__in=people))
        .exclude(status=Status.HELD, held_until__lte=at)
        .exclude(pk=ignoring or 0)
        .values_list(*columns)
    )
    blocks = BlockedTime.objects.filter(
        inside, concerned | Q(person__in=people), released_at=None
    ).values_list("person_id", "room_id", "starts_at", "ends_at")
    taken = _Taken()
    for host, room, starts_at, ends_at in visits.union(blocks, all=True):
        for day, span in _by_day(starts_at, ends_at, days):
            if host is not None:
                taken.people.setdefault(day, {}).setdefault(host, []).append(span)
            if room is not None:
                taken.rooms.setdefault(day, {}).setdefault(room, []).append(span)
    return taken


def _by_day(starts_at: datetime, ends_at: datetime, days: list[date]) -> list[tuple[date, Span]]:
    """The minutes of an interval on each of `days`; it may last several days."""
    (first, start), (last, end) = minute_of(starts_at), minute_of(ends_at)
    if first == last:
        return [(first, (start, end))]
    return [
        (day, (start if day == first else 0, end if day == last else 24 * 60))
        for day in days
        if first <= day <= last
    ]


def _minute(value: time) -> int:
    return value.hour * 60 + value.minute


def _span(one: dict[str, Any]) -> Dates:
    end = one["end"]
    return date.fromisoformat(one["start"]), date.fromisoformat(end) if end else None


def _within(span: Any, day: date) -> bool:
    start, end = span
    return bool(start <= day and (end is None or day < end))
