"""Move a booked visit to another time of the same outlet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branches.visits.events import VisitMoved
from branches.visits.models import Visit
from branches.visits.rules.slots import slot_at
from branches.visits.states import Status
from branches.visits.supply import minute_of, supply
from branches.visits.use_cases.expire_holds import expire_holds_at
from branches.visits.use_cases.hold_slot import put_on
from branches.visits.use_cases.locking import lock_times, locked_visit
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToMove(Exception):
    """The visit cannot have that time; the message is translated."""


@transaction.atomic
def move_visit(
    *,
    visit: Visit,
    starts_at: datetime,
    sequence: int,
    actor: Actor,
    at: datetime,
    by_staff: bool = False,
    reason: str = "",
) -> Visit:
    """Give the visit another time; its old one is free at once, whoever serves may change.

    Args:
        sequence: how often it had been moved when the page was shown.
        by_staff: whether the outlet moves it; the customer is then told and confirms anew.

    Raises:
        UnableToMove: when it is not ahead any more or the time is taken.
        ChangedMeanwhile: when somebody else moved it since.
    """
    lock_times(visit.unit_id)
    expire_holds_at(visit.unit, at=at)
    row = locked_visit(visit, sequence)
    if not row.is_ahead or row.starts_at is None:
        raise UnableToMove(_("This visit does not lie ahead any more."))
    day, minute = minute_of(starts_at)
    found = supply(
        [row.unit],
        row.purpose,
        at=at,
        first=day,
        last=day,
        ignoring=row.pk,
        lead=timedelta(0) if by_staff else None,
    )
    supplied = found.days.get(row.unit_id, {}).get(day)
    slot = (
        slot_at(supplied, minute, minutes=row.purpose.minutes, step=found.figures.grid)
        if supplied
        else None
    )
    if slot is None or starts_at == row.starts_at:
        raise UnableToMove(_("This time has just been taken."))
    before = row.starts_at
    if row.status == Status.CONFIRMED:
        row.move_to(Status.BOOKED)
    put_on(row, slot, starts_at)
    row.sequence += 1
    row.reminded_at = None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise UnableToMove(_("Person, room or customer has another visit then.")) from error
    record(
        VisitMoved(
            subject=row.ref,
            unit=row.unit.ref,
            before=before,
            starts_at=starts_at,
            by_staff=by_staff,
        ),
        actor=actor,
        at=at,
        reason=reason,
    )
    return row
