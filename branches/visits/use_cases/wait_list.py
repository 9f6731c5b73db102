"""The wait-list: join, leave, and offer what becomes free."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from branches.models import OrgUnit
from branches.visits.events import WaitEnded, WaitJoined, WaitOffered
from branches.visits.models import Purpose, Visit, WaitEntry
from branches.visits.rules.slots import free_slots
from branches.visits.states import ON_LIST, Status, WaitStatus
from branches.visits.supply import moment, supply
from branches.visits.use_cases.cancel_visit import cancel_visit
from branches.visits.use_cases.expire_holds import SYSTEM
from branches.visits.use_cases.hold_slot import UnableToHold, hold_slot
from brokerage.core.clock import SHANGHAI, business_date
from brokerage.core.locking import lock_row
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

ASKED = 20  # entries that one freed time is offered to at most, one after the other
TRIED = 3  # times of one day that are tried for one entry; the customer may be busy then
WAKING = time(8, 0), time(20, 0)


class UnableToWait(Exception):
    """The customer cannot join; the message is translated."""


@transaction.atomic
def join_wait_list(
    *,
    customer: Customer,
    unit: OrgUnit,
    purpose: Purpose,
    first_day: date,
    last_day: date,
    actor: Actor,
    at: datetime,
    subject_ref: UUID | None = None,
    step: str = "",
) -> WaitEntry:
    """Wait for a time between two business dates, both included.

    Raises:
        UnableToWait: when the customer waits already or the dates are wrong.
    """
    entry = WaitEntry(
        customer=customer,
        unit=unit,
        purpose=purpose,
        first_day=max(first_day, business_date(at)),
        last_day=last_day,
        subject_ref=subject_ref,
        step=step,
        created_at=at,
    )
    try:
        entry.full_clean()
    except ValidationError as error:
        raise UnableToWait(" ".join(error.messages)) from error
    entry.save()
    record(
        WaitJoined(
            subject=entry.ref,
            unit=unit.ref,
            purpose=purpose.code,
            first_day=entry.first_day,
            last_day=entry.last_day,
        ),
        actor=actor,
        at=at,
    )
    return entry


@transaction.atomic
def leave_wait_list(*, entry: WaitEntry, actor: Actor, at: datetime) -> WaitEntry:
    """Leave the list; a time that is offered goes to the next. Twice is harmless."""
    row = lock_row(WaitEntry, entry.pk)
    if row.status not in ON_LIST:
        return row
    offered = row.visit if row.status == WaitStatus.OFFERED else None
    _end(row, WaitStatus.LEFT, actor, at)
    if offered is not None and offered.status == Status.HELD:
        cancel_visit(visit=offered, actor=actor, at=at)
    return row


@transaction.atomic
def offer_free_times(*, unit: OrgUnit, at: datetime) -> int:
    """Offer what is free at `unit` to those who wait, the first come first; returns how many.

    Each gets the earliest time that fits, held for the figure's minutes. At night nobody is
    asked: an offer that runs out while somebody sleeps is none.
    """
    if not WAKING[0] <= at.astimezone(SHANGHAI).time() < WAKING[1]:
        return 0
    waiting = (
        WaitEntry.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(unit=unit, status=WaitStatus.WAITING)
        .select_related("customer", "purpose__service")
        .order_by("created_at", "pk")[:ASKED]
    )
    return sum(_offer(entry, unit, at) for entry in waiting)


def _offer(entry: WaitEntry, unit: OrgUnit, at: datetime) -> bool:
    if entry.last_day < business_date(at):
        _end(entry, WaitStatus.EXPIRED, SYSTEM, at)
        return False
    found = supply([unit], entry.purpose, at=at, first=entry.first_day, last=entry.last_day)
    for day, supplied in sorted(found.days.get(unit.pk, {}).items()):
        slots = free_slots(supplied, minutes=entry.purpose.minutes, step=found.figures.grid)
        for slot in slots[:TRIED]:
            visit = _held(entry, unit, moment(day, slot.start), at, found.figures.offer)
            if visit is not None:
                _note_offer(entry, visit, at)
                return True
    return False


def _held(
    entry: WaitEntry, unit: OrgUnit, starts_at: datetime, at: datetime, offer: timedelta
) -> Visit | None:
    try:
        with transaction.atomic():
            return hold_slot(
                customer=entry.customer,
                unit=unit,
                purpose=entry.purpose,
                starts_at=starts_at,
                actor=SYSTEM,
                at=at,
                subject_ref=entry.subject_ref,
                step=entry.step,
                hold=offer,
            )
    except UnableToHold:
        return None


def _note_offer(entry: WaitEntry, visit: Visit, at: datetime) -> None:
    assert visit.starts_at is not None
    assert visit.held_until is not None
    entry.move_to(WaitStatus.OFFERED)
    entry.visit = visit
    entry.save(update_fields=["status", "visit"])
    record(
        WaitOffered(
            subject=entry.ref,
            visit=visit.ref,
            starts_at=visit.starts_at,
            until=visit.held_until,
        ),
        actor=SYSTEM,
        at=at,
    )


def _end(entry: WaitEntry, status: WaitStatus, actor: Actor, at: datetime) -> None:
    entry.move_to(status)
    entry.ended_at = at
    entry.save(update_fields=["status", "ended_at"])
    record(WaitEnded(subject=entry.ref, status=entry.status), actor=actor, at=at)
