"""Questions about visits, free times and the queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from branches.models import Licence, OrgUnit
from branches.selectors.people import present
from branches.visits.figures import figures_on
from branches.visits.models import BlockedTime, Purpose, Visit
from branches.visits.rules.no_show import Rate
from branches.visits.rules.queue import in_order, minutes_to_wait
from branches.visits.rules.slots import Slot, free_slots
from branches.visits.states import IN_QUEUE, Status
from branches.visits.supply import moment, supply
from brokerage.core.display.languages import reads_english


@dataclass(frozen=True)
class FreeTime:
    """A time that a customer can choose."""

    starts_at: datetime
    slot: Slot


@dataclass(frozen=True)
class FreeDay:
    """A day of an outlet with its free times; none on a day that is full or closed."""

    day: date
    times: list[FreeTime]
    open: bool


def purposes() -> QuerySet[Purpose]:
    """What can be booked, in the order of the list."""
    return Purpose.objects.filter(bookable=True).select_related("service")


def free_times(
    units: Iterable[OrgUnit], purpose: Purpose, *, at: datetime, **more: Any
) -> dict[int, list[FreeDay]]:
    """The free times of each outlet by its key, day by day; four queries. See `supply`."""
    found = supply(units, purpose, at=at, **more)
    grid = found.figures.grid
    return {
        unit: [
            FreeDay(
                day,
                [
                    FreeTime(moment(day, slot.start), slot)
                    for slot in free_slots(supplied, minutes=purpose.minutes, step=grid)
                ],
                bool(supplied.hours),
            )
            for day, supplied in sorted(days.items())
        ]
        for unit, days in found.days.items()
    }


def first_free(days: Iterable[FreeDay], number: int = 3) -> list[FreeTime]:
    """The first free times of an outlet."""
    return [one for day in days for one in day.times][:number]


def waiting_at(unit: OrgUnit, day: date) -> QuerySet[Visit]:
    """Tickets of the day that nobody has called."""
    rows = Visit.objects.filter(unit=unit, day=day, status=Status.CHECKED_IN)
    return rows.select_related("purpose")


def next_booked_start(user: Any, unit: OrgUnit, at: datetime) -> datetime | None:
    """When the next customer comes who booked with `user` at `unit` and is not there yet."""
    rows = Visit.objects.ahead().filter(host=user, unit=unit, starts_at__gt=at)
    return rows.order_by("starts_at").values_list("starts_at", flat=True).first()


def able_purposes(user: Any, unit: OrgUnit, day: date) -> set[int]:
    """Keys of the purposes that `user` can serve at `unit` on `day`: role and licences."""
    rows = present(day).filter(user=user, unit__in=_with_above(unit, day))
    roles = set(rows.values_list("role", flat=True))
    held = set(Licence.objects.on(day).filter(user=user).values_list("kind_id", flat=True))
    return {
        purpose.pk
        for purpose in Purpose.objects.select_related("service")
        if roles & set(purpose.roles)
        and {purpose.service.licence_id, purpose.licence_id} - {None} <= held
    }


def _with_above(unit: OrgUnit, day: date) -> list[int]:
    """The outlet and what stands over it: who leads a branch company may help at a counter."""
    return [unit.pk, *OrgUnit.objects.above(unit, day).values_list("pk", flat=True)]


@dataclass(frozen=True)
class Queue:
    """The queue of an outlet at one moment.

    Attributes:
        called: at the counters, being called or served, the newest call first.
        waiting: in the order in which they will be called.
        expected: booked for today and not there yet, by time.
        ended: done, missed and cancelled today.
        wait: minutes for a new ticket; None where nobody serves at the moment.
    """

    called: list[Visit]
    waiting: list[Visit]
    expected: list[Visit]
    ended: list[Visit]
    wait: int | None


def queue_of(unit: OrgUnit, *, day: date, at: datetime, grace: timedelta) -> Queue:
    """Today's visits of an outlet, sorted as a counter needs them; one query."""
    rows = (
        Visit.objects.filter(unit=unit, day=day)
        .exclude(status__in=[Status.HELD, Status.EXPIRED])
        .select_related("unit", "purpose", "host", "served_by", "room", "customer")
    )
    by_key = {row.pk: row for row in rows}
    waiting = [row for row in by_key.values() if row.status == Status.CHECKED_IN]
    order = in_order((row.as_waiting() for row in waiting), at=at, grace=grace)
    called = [row for row in by_key.values() if row.status in (Status.CALLED, Status.SERVING)]
    counters = len({row.served_by_id for row in called})
    return Queue(
        called=sorted(called, key=lambda row: (row.called_at, row.pk), reverse=True),
        waiting=[by_key[one.id] for one in order],
        expected=sorted(
            (row for row in by_key.values() if row.is_ahead), key=lambda r: (r.starts_at, r.pk)
        ),
        ended=sorted(
            (row for row in by_key.values() if row.ended_at), key=lambda r: (r.ended_at, r.pk)
        ),
        wait=minutes_to_wait(order, counters) if counters else None,
    )


def in_queue_now(unit: OrgUnit, day: date) -> int:
    """How many tickets wait at `unit`."""
    return waiting_at(unit, day).count()


@dataclass(frozen=True)
class Missed:
    """The rate of those who did not come, of one outlet and purpose."""

    unit: str
    purpose: str
    rate: Rate


def no_show_rates(units: QuerySet[OrgUnit], *, first: date, last: date) -> list[Missed]:
    """Per outlet and purpose between two business dates (included), the worst telling rate first.

    Visits that were cancelled in time do not count.
    """
    rows: Any = (
        Visit.objects.filter(
            unit__in=units.values("pk"),
            day__range=(first, last),
            starts_at__isnull=False,
            status__in=[*IN_QUEUE, Status.DONE, Status.NO_SHOW],
        )
        .values("unit", "purpose")
        .annotate(
            due=Count("pk"),
            missed=Count("pk", filter=Q(status=Status.NO_SHOW)),
            unit_zh=F("unit__name_zh"),
            unit_en=F("unit__name_en"),
            purpose_zh=F("purpose__name_zh"),
            purpose_en=F("purpose__name_en"),
        )
    )
    found = [
        Missed(_named(row, "unit"), _named(row, "purpose"), Rate(row["missed"], row["due"]))
        for row in rows
    ]
    return sorted(found, key=_worst_first)


def _worst_first(one: Missed) -> tuple[bool, float, str, str]:
    value = one.rate.value
    return (value is None, -float(value or 0), one.unit, one.purpose)


def _named(row: dict[str, Any], what: str) -> str:
    return str(row[f"{what}_en" if reads_english() else f"{what}_zh"])


def blocks_of(unit: OrgUnit, first: date, last: date) -> QuerySet[BlockedTime]:
    """Blocked times of an outlet that touch these days and were not released."""
    rows = BlockedTime.objects.filter(
        unit=unit,
        released_at=None,
        starts_at__lt=moment(last + timedelta(days=1), 0),
        ends_at__gt=moment(first, 0),
    )
    return rows.select_related("person", "room").order_by("starts_at", "pk")


def queue_place(visit: Visit, at: datetime) -> int:
    """The place of a checked-in visit in its outlet's queue; 1 is the next."""
    grace = figures_on(visit.day).grace
    order = in_order(
        (row.as_waiting() for row in waiting_at(visit.unit, visit.day)), at=at, grace=grace
    )
    return next((n for n, one in enumerate(order, start=1) if one.id == visit.pk), 1)
