"""Propose a role for somebody; a second person releases it."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.events import RoleProposed
from branches.models import OrgUnit, RoleRequest
from branches.use_cases.assign_staff import UnableToAssign, assign_staff
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


@transaction.atomic
def propose_role(
    *,
    user: User,
    unit: OrgUnit,
    role: str,
    valid_from: date,
    maker: User,
    at: datetime,
    valid_to: date | None = None,
    acting: bool = False,
    acting_for: User | None = None,
) -> RoleRequest:
    """Ask for a role; `backoffice.four_eyes.decide` approves or rejects it.

    Raises:
        UnableToAssign: when a value is wrong; whether the role fits is checked at approval too.
    """
    request = RoleRequest(
        user=user,
        unit=unit,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        acting=acting,
        acting_for=acting_for,
        made_by_ref=maker.ref,
        made_at=at,
    )
    try:
        request.full_clean()
    except ValidationError as error:
        raise UnableToAssign(" ".join(error.messages)) from error
    request.save()
    record(
        RoleProposed(subject=request.ref, user=user.ref, unit=unit.ref, role=role),
        actor=Actor.of(maker),
        at=at,
    )
    return request


def give_approved_role(request: RoleRequest, checker: User, at: datetime) -> None:
    """What an approval does: make the assignment, in the transaction of the decision.

    Raises:
        FourEyesRefused: when the role no longer fits, or somebody releases their own role.
    """
    if checker.pk == request.user_id:
        raise FourEyesRefused(_("Nobody releases a role for themselves."))
    try:
        assign_staff(
            user=request.user,
            unit=request.unit,
            role=request.role,
            valid_from=request.valid_from,
            valid_to=request.valid_to,
            acting=request.acting,
            acting_for=request.acting_for,
            actor=Actor.of(checker),
            at=at,
        )
    except UnableToAssign as error:
        raise FourEyesRefused(str(error)) from error
