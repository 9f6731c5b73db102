"""Free held times that nobody booked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from branches.models import OrgUnit
from branches.visits.events import HoldExpired, WaitEnded
from branches.visits.models import Visit, WaitEntry
from branches.visits.states import Status, WaitStatus
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

SYSTEM = Actor.system("branches.visits")
BATCH = 500


@transaction.atomic
def expire_holds(*, at: datetime) -> int:
    """Free every hold and offer that has run out; returns how many."""
    return _expire(Visit.objects.all(), at)


def expire_holds_at(unit: OrgUnit, *, at: datetime) -> int:
    """The same for one outlet, in the caller's transaction, before somebody takes a time."""
    return _expire(Visit.objects.filter(unit=unit), at)


def _expire(rows: QuerySet[Visit], at: datetime) -> int:
    # rows that somebody is booking at this moment are theirs
    found = (
        rows.filter(status=Status.HELD, held_until__lte=at)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("unit")
        .order_by("pk")[:BATCH]
    )
    ended = 0
    for visit in found:
        assert visit.starts_at is not None
        visit.move_to(Status.EXPIRED)
        visit.held_until, visit.ended_at = None, at
        visit.save(update_fields=["status", "held_until", "ended_at"])
        record(
            HoldExpired(subject=visit.ref, unit=visit.unit.ref, starts_at=visit.starts_at),
            actor=SYSTEM,
            at=at,
        )
        _end_offer(visit, at)
        ended += 1
    return ended


def _end_offer(visit: Visit, at: datetime) -> None:
    entry = WaitEntry.objects.filter(visit=visit, status=WaitStatus.OFFERED).first()
    if entry is None:
        return
    entry.move_to(WaitStatus.EXPIRED)
    entry.ended_at = at
    entry.save(update_fields=["status", "ended_at"])
    record(WaitEnded(subject=entry.ref, status=entry.status), actor=SYSTEM, at=at)
