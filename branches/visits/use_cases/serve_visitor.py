"""At the counter: call the next, call somebody, put back, serve, finish, note who did not come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.visits.events import (
    VisitDone,
    VisitMissed,
    VisitorCalled,
    VisitorPutBack,
    VisitStarted,
)
from branches.visits.figures import figures_on
from branches.visits.models import Visit
from branches.visits.rules import queue as rules
from branches.visits.selectors import able_purposes, next_booked_start, waiting_at
from branches.visits.states import Status
from branches.visits.use_cases.locking import lock_times, locked_visit
from brokerage.core.clock import business_date
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


class UnableToServe(Exception):
    """The step does not fit where the visit stands; the message is translated."""


@transaction.atomic
def call_next(*, unit: OrgUnit, user: User, desk: str, at: datetime) -> Visit | None:
    """Call whoever is next for what `user` can serve; None where nobody fits now.

    Two counters that call at once get two different tickets.
    """
    lock_times(unit.pk)
    purposes = able_purposes(user, unit, business_date(at))
    waiting = {row.pk: row for row in waiting_at(unit, business_date(at))}
    chosen = rules.next_of(
        [row.as_waiting() for row in waiting.values() if row.purpose_id in purposes],
        at=at,
        grace=figures_on(business_date(at)).grace,
        free_until=next_booked_start(user, unit, at),
    )
    if chosen is None:
        return None
    return call_visitor(visit=waiting[chosen.id], user=user, desk=desk, at=at)


@transaction.atomic
def call_visitor(*, visit: Visit, user: User, desk: str, at: datetime) -> Visit:
    """Call one ticket to a counter.

    Args:
        desk: what the lobby shows beside the number, such as "3".

    Raises:
        UnableToServe: when somebody else called it first.
    """
    row = _step(visit, Status.CALLED, _("Somebody else has called this ticket."))
    row.called_at, row.served_by, row.desk = at, user, desk
    row.save()
    record(
        VisitorCalled(subject=row.ref, ticket=row.ticket_text, desk=desk),
        actor=Actor.of(user),
        at=at,
    )
    return row


@transaction.atomic
def put_back(*, visit: Visit, user: User, at: datetime) -> Visit:
    """Let a called ticket wait again: called by mistake, or the visitor needs a moment."""
    row = _step(visit, Status.CHECKED_IN, _("This ticket is not called at the moment."))
    row.called_at, row.served_by, row.desk = None, None, ""
    row.save()
    record(VisitorPutBack(subject=row.ref, ticket=row.ticket_text), actor=Actor.of(user), at=at)
    return row


@transaction.atomic
def start_serving(*, visit: Visit, user: User, at: datetime) -> Visit:
    """The visitor stands at the counter; whoever serves is on record."""
    row = _step(visit, Status.SERVING, _("Call this ticket first."))
    row.serving_from, row.served_by = at, user
    row.save()
    record(VisitStarted(subject=row.ref), actor=Actor.of(user), at=at)
    return row


@transaction.atomic
def finish_visit(*, visit: Visit, user: User, at: datetime) -> Visit:
    """The visit is done; the app above hears of it with its own reference.

    Raises:
        UnableToServe: when serving has not begun.
    """
    row = _step(visit, Status.DONE, _("Begin serving first."))
    row.ended_at = at
    row.save()
    record(
        VisitDone(
            subject=row.ref,
            unit=row.unit.ref,
            purpose=row.purpose.code,
            subject_ref=row.subject_ref,
            step=row.step,
        ),
        actor=Actor.of(user),
        at=at,
    )
    return row


@transaction.atomic
def miss_visit(*, visit: Visit, actor: Actor, at: datetime) -> Visit:
    """Nobody came: to a booked visit whose time has begun, or to the counter after a call.

    Raises:
        UnableToServe: before the booked time, or when the visitor is there.
    """
    early = visit.is_ahead and visit.starts_at is not None and at < visit.starts_at
    if early:
        raise UnableToServe(_("Its time has not come yet."))
    row = _step(visit, Status.NO_SHOW, _("This visit cannot be marked as missed."))
    row.ended_at = at
    row.save()
    record(
        VisitMissed(
            subject=row.ref,
            unit=row.unit.ref,
            purpose=row.purpose.code,
            subject_ref=row.subject_ref,
            step=row.step,
        ),
        actor=actor,
        at=at,
    )
    return row


def _step(visit: Visit, status: Status, refusal: str) -> Visit:
    row = locked_visit(visit)
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToServe(refusal) from error
    return row
