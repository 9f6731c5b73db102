"""Somebody arrives: with a booked time, or as a walk-in. Both draw a ticket."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.visits.events import VisitorArrived
from branches.visits.models import Purpose, Visit
from branches.visits.states import IN_QUEUE, Status
from branches.visits.use_cases.locking import lock_times, locked_visit
from brokerage.core.clock import business_date
from brokerage.core.states import IllegalTransition
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

MOST_TICKETS = 999


class UnableToReceive(Exception):
    """The visitor cannot be checked in now; the message is translated."""


@transaction.atomic
def check_in(*, visit: Visit, actor: Actor, at: datetime) -> Visit:
    """Draw the ticket of a booked visit, on its day; twice is harmless.

    Raises:
        UnableToReceive: on another day, or when the visit was cancelled or has ended.
    """
    lock_times(visit.unit_id)
    row = locked_visit(visit)
    if row.status in IN_QUEUE:
        return row
    if row.day != business_date(at):
        raise UnableToReceive(_("This visit is booked for another day."))
    try:
        row.move_to(Status.CHECKED_IN)
    except IllegalTransition as error:
        raise UnableToReceive(_("This visit does not lie ahead any more.")) from error
    row.ticket, row.arrived_at = _next_ticket(row.unit, row.day), at
    row.save(update_fields=["status", "ticket", "arrived_at"])
    return _told(row, actor, at, walked_in=False)


@transaction.atomic
def take_walk_in(
    *,
    unit: OrgUnit,
    purpose: Purpose,
    actor: Actor,
    at: datetime,
    customer: Customer | None = None,
    priority: bool = False,
    subject_ref: UUID | None = None,
    step: str = "",
) -> Visit:
    """Draw a ticket for somebody without a booked time.

    Args:
        customer: who, where the counter knows; a ticket needs no name.
        priority: aged 70 or more, disabled or pregnant: before others who walked in.

    Raises:
        UnableToReceive: when the outlet is closed for good or has no ticket left today.
    """
    day = business_date(at)
    if not unit.works_between(day, None) and not (unit.closed_on and day < unit.closed_on):
        raise UnableToReceive(_("This outlet is not open."))
    lock_times(unit.pk)
    visit = Visit(
        customer=customer,
        unit=unit,
        purpose=purpose,
        status=Status.CHECKED_IN,
        day=day,
        priority=priority,
        subject_ref=subject_ref,
        step=step,
        ticket=_next_ticket(unit, day),
        arrived_at=at,
        created_at=at,
    )
    visit.save()
    return _told(visit, actor, at, walked_in=True)


def _next_ticket(unit: OrgUnit, day: date) -> int:
    last = Visit.objects.filter(unit=unit, day=day).aggregate(last=Max("ticket"))["last"] or 0
    if last >= MOST_TICKETS:
        raise UnableToReceive(_("There is no ticket left today."))
    return int(last) + 1


def _told(visit: Visit, actor: Actor, at: datetime, *, walked_in: bool) -> Visit:
    record(
        VisitorArrived(
            subject=visit.ref,
            unit=visit.unit.ref,
            ticket=visit.ticket_text,
            walked_in=walked_in,
        ),
        actor=actor,
        at=at,
    )
    return visit
