"""Cancel a visit, or give a held time back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from branches.visits.events import VisitCancelled
from branches.visits.models import Visit
from branches.visits.states import Status
from branches.visits.use_cases.locking import locked_visit
from brokerage.core.states import IllegalTransition
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToCancel(Exception):
    """The visit has begun or ended; the message is translated."""


@transaction.atomic
def cancel_visit(
    *,
    visit: Visit,
    actor: Actor,
    at: datetime,
    sequence: int | None = None,
    by_staff: bool = False,
    reason: str = "",
) -> Visit:
    """Let the visit not take place. A ticket in the queue can be given back too.

    Raises:
        UnableToCancel: when it was called, served or has ended.
        ChangedMeanwhile: when somebody moved it since the page was shown.
    """
    row = locked_visit(visit, sequence)
    was_held = row.status == Status.HELD
    try:
        row.move_to(Status.CANCELLED)
    except IllegalTransition as error:
        raise UnableToCancel(
            _("This visit has begun or ended; it cannot be cancelled.")
        ) from error
    row.held_until, row.ended_at = None, at
    row.save()
    record(
        VisitCancelled(
            subject=row.ref,
            unit=row.unit.ref,
            starts_at=row.starts_at,
            by_staff=by_staff,
            was_held=was_held,
        ),
        actor=actor,
        at=at,
        reason=reason,
    )
    return row


def drop_holds_of(customer: Customer, *, actor: Actor, at: datetime) -> None:
    """Give back what the customer looked at before; offers of the wait-list stay.

    In the caller's transaction.
    """
    held = Visit.objects.of(customer).filter(status=Status.HELD, wait_entry=None)
    for visit in held.order_by("pk"):
        cancel_visit(visit=visit, actor=actor, at=at)
