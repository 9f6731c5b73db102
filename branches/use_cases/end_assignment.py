"""Take a role away."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from branches.events import RoleEnded
from branches.models import StaffAssignment
from brokerage.core.clock import business_date
from brokerage.core.roles import forget
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


class UnableToEnd(Exception):
    """The role cannot end on that day; the message is translated."""


@transaction.atomic
def end_assignment(
    *, assignment: StaffAssignment, on: date, actor: Actor, at: datetime, reason: str = ""
) -> StaffAssignment:
    """Let the role end: `on` is the first business day without it. Today takes effect at once.

    Waits for no second person: taking a right away must never take long.

    Raises:
        UnableToEnd: when it has ended by then, or `on` lies in the past.
    """
    # the person's row first, as assign_staff does, so that the two never wait for each other
    user = User.objects.select_for_update(no_key=True).get(pk=assignment.user_id)
    row = StaffAssignment.objects.select_for_update().select_related("unit").get(pk=assignment.pk)
    today = business_date(at)
    if row.valid_to is not None and row.valid_to <= on:
        raise UnableToEnd(_("This role has ended by then."))
    if on < today:
        raise UnableToEnd(_("A role cannot end in the past."))
    row.valid_to = max(on, row.valid_from)  # equal to valid_from: withdrawn before it began
    row.save(update_fields=["valid_to"])
    _leave_group(user, row.role, today)
    forget(assignment.user)
    record(
        RoleEnded(subject=row.ref, user=user.ref, unit=row.unit.ref, role=row.role, on=on),
        actor=actor,
        at=at,
        reason=reason,
    )
    return row


def _leave_group(user: User, role: str, today: date) -> None:
    """Drop the group when no assignment of the role holds today or later."""
    rest = StaffAssignment.objects.filter(user=user, role=role).overlapping(today, None)
    if not rest.exists():
        user.groups.remove(*Group.objects.filter(name=role))
