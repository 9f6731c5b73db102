"""Move the visits of an outlet that closes, and tell those of one that moves house."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.visits.events import VisitRehomed, VisitRelocated
from branches.visits.models import Visit
from branches.visits.rules.slots import Slot, free_slots
from branches.visits.states import AHEAD, Status
from branches.visits.supply import moment, supply
from branches.visits.use_cases.cancel_visit import UnableToCancel, cancel_visit
from branches.visits.use_cases.expire_holds import expire_holds_at
from branches.visits.use_cases.hold_slot import put_on
from branches.visits.use_cases.locking import lock_times, locked_visit
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.journal.record import record

REACH = timedelta(days=14)
"""How long after the booked day another time still helps."""


def rehome_visits(
    *, unit: OrgUnit, there: OrgUnit, since: date, actor: Actor, at: datetime
) -> tuple[int, int]:
    """Move every visit at `unit` on or after `since` to `there`; where nothing is free, cancel it.

    Each visit in its own transaction, so that running it again goes on where it stopped. The
    customer is told of each, and may move or cancel the new one as any other.

    Returns:
        How many were moved (or dealt with by somebody meanwhile), how many had to be cancelled.
    """
    moved = cancelled = 0
    rows = Visit.objects.filter(unit=unit, day__gte=since, status__in=[Status.HELD, *AHEAD])
    for visit in rows.order_by("starts_at", "pk"):
        if visit.status != Status.HELD and _rehome(visit, there, actor, at):
            moved += 1
        elif _cancel(visit, actor, at):
            cancelled += 1
    return moved, cancelled


@transaction.atomic
def tell_of_new_address(*, unit: OrgUnit, since: date, actor: Actor, at: datetime) -> int:
    """Note on every visit on or after `since` that its outlet is elsewhere then; once each.

    The visit keeps its time and people. It counts as changed, so that calendars take the new
    place, and its customer is told.

    Returns:
        How many were noted now.
    """
    lock_times(unit.pk)
    rows = Visit.objects.select_for_update(of=("self",)).filter(
        unit=unit, day__gte=since, status__in=AHEAD
    )
    noted = Entry.objects.filter(
        kind=VisitRelocated.kind, subject_ref__in=rows.order_by().values("ref")
    )
    known = set(noted.values_list("subject_ref", flat=True))
    found = [visit for visit in rows.order_by("pk") if visit.ref not in known]
    for visit in found:
        visit.sequence += 1
        visit.save(update_fields=["sequence"])
        record(
            VisitRelocated(subject=visit.ref, unit=unit.ref, on=since),
            actor=actor,
            at=at,
        )
    return len(found)


@transaction.atomic
def _rehome(visit: Visit, there: OrgUnit, actor: Actor, at: datetime) -> bool:
    for key in sorted((visit.unit_id, there.pk)):
        lock_times(key)
    expire_holds_at(there, at=at)
    row = locked_visit(visit)
    if not row.is_ahead or row.starts_at is None or row.unit_id == there.pk:
        return True  # somebody dealt with it meanwhile
    before, left = row.starts_at, row.unit
    for starts_at, slot in _near(row, there, at):
        row.unit = there
        if row.status == Status.CONFIRMED:
            row.move_to(Status.BOOKED)
        put_on(row, slot, starts_at)
        row.sequence += 1
        row.reminded_at = None
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:  # the customer is elsewhere then
            row = locked_visit(visit)
            continue
        record(
            VisitRehomed(
                subject=row.ref,
                unit=there.ref,
                left=left.ref,
                before=before,
                starts_at=starts_at,
            ),
            actor=actor,
            at=at,
        )
        return True
    return False


def _near(row: Visit, there: OrgUnit, at: datetime) -> list[tuple[datetime, Slot]]:
    """Free times at `there` on the booked day by nearness, then those of later days; a few."""
    found = supply([there], row.purpose, at=at, first=row.day, last=row.day + REACH)
    wanted = row.starts_at
    assert wanted is not None, "only booked visits are moved"
    times: list[tuple[datetime, Slot]] = []
    for day, supplied in sorted(found.days.get(there.pk, {}).items()):
        slots = free_slots(supplied, minutes=row.purpose.minutes, step=found.figures.grid)
        own = [(moment(day, slot.start), slot) for slot in slots]
        same_hour = wanted + (day - row.day)
        times += sorted(own, key=lambda one: (abs(one[0] - same_hour), one[0]))[:3]
    return times[:6]


def _cancel(visit: Visit, actor: Actor, at: datetime) -> bool:
    try:
        cancel_visit(
            visit=visit, actor=actor, at=at, by_staff=True, reason=_("The outlet closes.")
        )
    except UnableToCancel:
        return False
    return True
