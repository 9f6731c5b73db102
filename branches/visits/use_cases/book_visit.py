"""The customer takes the held time, and says again that they come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from branches.visits.events import VisitBooked, VisitConfirmed, WaitEnded
from branches.visits.models import Visit, WaitEntry
from branches.visits.states import Status, WaitStatus
from branches.visits.use_cases.locking import locked_visit
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToBook(Exception):
    """The visit cannot be booked or confirmed any more; the message is translated."""


@transaction.atomic
def book_visit(*, visit: Visit, actor: Actor, at: datetime) -> Visit:
    """Book a held time. A hold that ran out but that nobody else took is still honoured.

    Raises:
        UnableToBook: when the time went to somebody else, or has passed.
    """
    row = locked_visit(visit)
    if row.status in (Status.BOOKED, Status.CONFIRMED):
        return row  # the button was pressed twice
    if row.status != Status.HELD or row.starts_at is None or row.starts_at <= at:
        raise UnableToBook(_("The time that was held for you is gone. Choose another."))
    row.move_to(Status.BOOKED)
    row.held_until = None
    row.save()
    record(
        VisitBooked(
            subject=row.ref,
            unit=row.unit.ref,
            purpose=row.purpose.code,
            starts_at=row.starts_at,
            subject_ref=row.subject_ref,
            step=row.step,
        ),
        actor=actor,
        at=at,
    )
    entry = WaitEntry.objects.select_for_update().filter(visit=row).first()
    if entry is not None and entry.status == WaitStatus.OFFERED:
        entry.move_to(WaitStatus.BOOKED)
        entry.ended_at = at
        entry.save()
        record(WaitEnded(subject=entry.ref, status=entry.status), actor=actor, at=at)
    return row


@transaction.atomic
def confirm_visit(*, visit: Visit, actor: Actor, at: datetime) -> Visit:
    """Note that the customer says they come; twice is harmless.

    Raises:
        UnableToBook: when the visit is not ahead any more.
    """
    row = locked_visit(visit)
    if row.status == Status.CONFIRMED:
        return row
    try:
        row.move_to(Status.CONFIRMED)
    except IllegalTransition as error:
        raise UnableToBook(_("This visit does not lie ahead any more.")) from error
    row.save(update_fields=["status"])
    record(VisitConfirmed(subject=row.ref), actor=actor, at=at)
    return row
