"""Leaving the firm: plan it, hand everything over, and be gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.blockers import Blocker, count
from branches.content import FORCED_LEAVE
from branches.models import Departure, EntryCode, Licence, StaffAssignment
from branches.procedure_events import DepartureDone, DepartureStarted
from branches.rules.tree import months_later
from branches.states import HEAD, CodeEnd, DepartureStatus
from branches.use_cases.end_assignment import end_assignment
from branches.use_cases.entry_codes import end_code
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.registry import Registry
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User

left_behind: Registry[Callable[[Any], Blocker]] = Registry("branches.left_behind")
"""Functions user → what of their work somebody has to take over first; higher apps add theirs."""


class UnableToLeave(Exception):
    """The departure cannot go on; the message is translated."""


@transaction.atomic
def start_departure(
    *, user: User, successor: User, leaves_on: date, actor: Actor, at: datetime
) -> Departure:
    """Plan that somebody leaves; for a head an audit report becomes due.

    Raises:
        UnableToLeave: when a value is wrong, or the successor is no active member of staff.
    """
    if not (successor.is_active and successor.is_staff):
        raise UnableToLeave(_("Only active staff can take over."))
    if leaves_on < business_date(at):
        raise UnableToLeave(_("Choose a day ahead."))
    led = StaffAssignment.objects.on(business_date(at)).filter(user=user, role=HEAD)
    months = Rule.objects.in_force(FORCED_LEAVE, business_date(at)).figure["audit_months"]
    row = Departure(
        user=user,
        successor=successor,
        leaves_on=leaves_on,
        audit_due_on=months_later(leaves_on, months) if led.exists() else None,
        created_at=at,
    )
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToLeave(" ".join(error.messages)) from error
    row.save()
    record(
        DepartureStarted(subject=row.ref, user=user.ref, successor=successor.ref, on=leaves_on),
        actor=actor,
        at=at,
    )
    return row


def remains(departure: Departure) -> list[Blocker]:
    """What of the person's work is still in their hands, by the order of the keys."""
    return [found for find in left_behind if (found := find(departure.user)).count]


@transaction.atomic
def finish_departure(*, departure: Departure, actor: Actor, at: datetime) -> Departure:
    """End roles, codes and licences on the last day; the log-in closes when that day has come.

    Raises:
        UnableToLeave: when work remains in the person's hands, or it has ended.
    """
    row = lock_row(Departure, departure.pk)
    if row.status != DepartureStatus.RUNNING:
        raise UnableToLeave(_("This has ended already."))
    if business_date(at) < row.leaves_on:
        raise UnableToLeave(_("It can be finished on the first day without the person."))
    rest = remains(row)
    if rest:
        told = ", ".join(f"{one.label} ({one.shown})" for one in rest)
        raise UnableToLeave(_("There is still: {what}.").format(what=told))
    _end_roles(row, actor, at)
    for code in EntryCode.objects.filter(person=row.user, ended_at=None, ends_at__gt=at):
        end_code(code=code, reason=CodeEnd.LEFT, actor=actor, at=at)
    runs_on = Q(valid_to=None) | Q(valid_to__gt=row.leaves_on)
    licences = Licence.objects.filter(runs_on, user=row.user)
    licences.filter(valid_from__lt=row.leaves_on).update(valid_to=row.leaves_on)
    licences.filter(valid_from__gte=row.leaves_on).update(valid_to=F("valid_from"))
    user = User.objects.select_for_update(no_key=True).get(pk=row.user_id)
    user.is_active = False
    user.save(update_fields=["is_active"])
    row.move_to(DepartureStatus.DONE)
    row.ended_at = at
    row.save(update_fields=["status", "ended_at"])
    record(DepartureDone(subject=row.ref, user=user.ref), actor=actor, at=at)
    return row


def _end_roles(row: Departure, actor: Actor, at: datetime) -> None:
    runs_on = Q(valid_to=None) | Q(valid_to__gt=row.leaves_on)
    held = StaffAssignment.objects.filter(runs_on, user=row.user).exclude(valid_to=F("valid_from"))
    for assignment in held:
        end_assignment(
            assignment=assignment, on=business_date(at), actor=actor, at=at, reason=str(row.ref)
        )
    # the last day may lie behind: what held after it ends with it
    StaffAssignment.objects.filter(
        user=row.user, valid_to__gt=row.leaves_on, valid_from__lt=row.leaves_on
    ).update(valid_to=row.leaves_on)
    StaffAssignment.objects.filter(
        user=row.user, valid_to__gt=row.leaves_on, valid_from__gte=row.leaves_on
    ).update(valid_to=F("valid_from"))


def _visits(user: Any) -> Blocker:
    from branches.visits.models import Visit
    from branches.visits.states import TAKES_TIME

    rows = Visit.objects.filter(host=user, status__in=TAKES_TIME)
    url = reverse("admin:branches_visit_changelist")
    return Blocker("visits", _("Booked visits"), count(rows), url)


left_behind.register("branches.visits", _visits)
