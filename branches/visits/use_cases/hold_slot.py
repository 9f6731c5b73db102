"""Keep a free time for a customer while they confirm it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.visits.events import VisitHeld
from branches.visits.models import Purpose, Visit
from branches.visits.rules.slots import Slot, free_slots
from branches.visits.states import Status
from branches.visits.supply import minute_of, moment, supply
from branches.visits.use_cases.cancel_visit import drop_holds_of
from branches.visits.use_cases.expire_holds import expire_holds_at
from branches.visits.use_cases.locking import lock_times
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

SHOWN = 3


class UnableToHold(Exception):
    """The time cannot be had.

    Attributes:
        alternatives: starts of the nearest free times of that day, at most three.
    """

    def __init__(self, message: str, alternatives: list[datetime] | None = None) -> None:
        super().__init__(message)
        self.alternatives = alternatives or []


@transaction.atomic
def hold_slot(
    *,
    customer: Customer,
    unit: OrgUnit,
    purpose: Purpose,
    starts_at: datetime,
    actor: Actor,
    at: datetime,
    subject_ref: UUID | None = None,
    step: str = "",
    hold: timedelta | None = None,
) -> Visit:
    """Hold the time that begins at `starts_at` with whoever of the outlet is free then.

    An earlier hold of the customer is given back: they look at one time after the other.

    Args:
        subject_ref, step: what the visit is about, for the app above; opaque here.
        hold: how long; the dated figure by default.

    Raises:
        UnableToHold: when the time is taken or not offered, or the customer has too many visits.
    """
    lock_times(unit.pk)
    expire_holds_at(unit, at=at)
    if hold is None:  # an offer of the wait-list disturbs nobody who is choosing
        drop_holds_of(customer, actor=actor, at=at)
    day, minute = minute_of(starts_at)
    found = supply([unit], purpose, at=at, first=day, last=day)
    figures = found.figures
    mine = Visit.objects.of(customer).ahead()
    if mine.count() >= figures.per_customer:
        raise UnableToHold(_("You have as many visits ahead as can be booked. Cancel one first."))
    end = starts_at + timedelta(minutes=purpose.minutes)
    if mine.filter(starts_at__lt=end, ends_at__gt=starts_at).exists():
        raise UnableToHold(_("You have another visit at that time."))
    supplied = found.days.get(unit.pk, {}).get(day)
    slots = free_slots(supplied, minutes=purpose.minutes, step=figures.grid) if supplied else []
    slot = next((one for one in slots if one.start == minute), None)
    if slot is None:
        raise UnableToHold(_("This time has just been taken."), _nearest(slots, starts_at))
    until = at + (hold or figures.hold)
    visit = Visit(
        customer=customer,
        unit=unit,
        purpose=purpose,
        status=Status.HELD,
        held_until=until,
        subject_ref=subject_ref,
        step=step,
        created_at=at,
    )
    put_on(visit, slot, starts_at)
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:  # a person or room that two outlets share
        raise UnableToHold(
            _("This time has just been taken."), _nearest(slots, starts_at)
        ) from error
    record(
        VisitHeld(
            subject=visit.ref,
            unit=unit.ref,
            purpose=purpose.code,
            starts_at=starts_at,
            until=until,
        ),
        actor=actor,
        at=at,
    )
    return visit


def put_on(visit: Visit, slot: Slot, starts_at: datetime) -> None:
    """Give the visit the time, person and room of a slot, in memory."""
    visit.take(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=slot.end - slot.start),
        host_id=slot.person,
        room_id=slot.room,
        day=minute_of(starts_at)[0],
    )


def _nearest(slots: list[Slot], wanted: datetime) -> list[datetime]:
    day, _minute = minute_of(wanted)
    starts = [moment(day, slot.start) for slot in slots if moment(day, slot.start) != wanted]
    return sorted(sorted(starts, key=lambda start: abs(start - wanted))[:SHOWN])
