"""Propose a goal of cross-selling; a second person agrees."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit, StaffAssignment
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.goal_events import GoalAgreed, GoalProposed
from products.models import Goal
from products.rules.quarters import Quarter
from products.states import OUTLETS, Measure
from products.use_cases.refusals import UnableToList, check


@transaction.atomic
def propose_goal(
    *,
    unit: OrgUnit,
    person: User | None,
    quarter: Quarter,
    measure: Measure,
    target: int,
    maker: User,
    at: datetime,
) -> Goal:
    """Propose how much an outlet or one of its advisers wants to bring in a quarter.

    Args:
        person: an adviser of the outlet today; None for the outlet as a whole. Who opens, reviews
            or visits has no such goal.

    Raises:
        UnableToList: `errors` names the fields.
    """
    today = clock.business_date(at)
    if unit.kind not in OUTLETS:
        raise _wrong("unit", _("Only outlets have goals: they bring referrals."))
    if quarter.after <= today:
        raise _wrong("when", _("This quarter is over."))
    if person is not None:
        here = StaffAssignment.objects.filter(unit=unit, user=person, role=Role.ADVISER)
        if not here.on(today).exists():
            raise _wrong("person", _("This is no adviser of the outlet."))
    row = Goal(
        unit=unit,
        person_ref=person.ref if person else None,
        year=quarter.year,
        quarter=quarter.number,
        measure=measure,
        target=target,
        made_by_ref=maker.ref,
        made_at=at,
    )
    check(row)
    row.save()
    record(GoalProposed(subject=row.ref), actor=Actor.of(maker), at=at)
    return row


def goal_approved(row: Goal, checker: User, at: datetime) -> None:
    """Note it; runs in the approval's transaction."""
    record(GoalAgreed(subject=row.ref), actor=Actor.of(checker), at=at)


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
