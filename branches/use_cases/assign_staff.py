"""Give somebody a role at a unit."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.events import RoleGiven
from branches.models import OrgUnit, StaffAssignment
from branches.rules import tree as rules
from branches.states import HEAD
from brokerage.core.roles import Role, forget
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import Kind, User


class UnableToAssign(Exception):
    """The person cannot have this role there then; the message is translated."""


@transaction.atomic
def assign_staff(
    *,
    user: User,
    unit: OrgUnit,
    role: str,
    valid_from: date,
    actor: Actor,
    at: datetime,
    valid_to: date | None = None,
    acting: bool = False,
    acting_for: User | None = None,
    reason: str = "",
) -> StaffAssignment:
    """Give `user` the role at `unit`, and so over everything under it, between two days.

    Args:
        role: a staff value of core.roles.Role.
        valid_from: first business day.
        valid_to: first business day without it; None until further notice.
        acting: stands in for the head (role branch_manager, three months at most).
        acting_for: whose chair it is; None where the chair is empty.

    Raises:
        UnableToAssign: when the log-in is no staff, the role excludes another of the person,
            the unit has such a head already, or a date is wrong.
    """
    # the row of the person serialises all changes of their roles
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.kind != Kind.STAFF or not locked.is_active:
        raise UnableToAssign(_("Only active staff can have a role."))
    row = StaffAssignment(
        user=locked,
        unit=unit,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        acting=acting,
        acting_for=acting_for,
        created_at=at,
    )
    _refuse_exclusive_roles(row)
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToAssign(" ".join(error.messages)) from error
    if not unit.works_between(valid_from, valid_to):
        raise UnableToAssign(_("The unit is not open on all of these days."))
    row.save()
    locked.groups.add(Group.objects.get_or_create(name=role)[0])
    forget(user)
    record(
        RoleGiven(
            subject=row.ref,
            user=locked.ref,
            unit=unit.ref,
            role=role,
            acting=acting,
            valid_from=valid_from,
            valid_to=valid_to,
        ),
        actor=actor,
        at=at,
        reason=reason,
    )
    return row


def appoint_acting(
    *,
    user: User,
    unit: OrgUnit,
    valid_from: date,
    valid_to: date,
    actor: Actor,
    at: datetime,
    acting_for: User | None = None,
) -> StaffAssignment:
    """Let `user` stand in for the head of `unit`; see `assign_staff`.

    Raises:
        UnableToAssign: also when it would last longer than three months.
    """
    if valid_to > rules.latest_end_of_acting(valid_from):
        raise UnableToAssign(_("An acting head acts for three months at most."))
    return assign_staff(
        user=user,
        unit=unit,
        role=HEAD,
        valid_from=valid_from,
        valid_to=valid_to,
        acting=True,
        acting_for=acting_for,
        actor=actor,
        at=at,
    )


def _refuse_exclusive_roles(row: StaffAssignment) -> None:
    held = (
        StaffAssignment.objects.filter(user=row.user)
        .overlapping(row.valid_from, row.valid_to)
        .values_list("role", flat=True)
    )
    other = rules.excluded_by(row.role, held)
    if other is not None:
        raise UnableToAssign(
            _("“{role}” and “{other}” exclude each other in one person.").format(
                role=Role(row.role).label, other=other.label
            )
        )
