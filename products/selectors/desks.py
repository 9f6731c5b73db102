"""Who is of which desk of head office today."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from branches.models import StaffAssignment
from brokerage.core.roles import Role
from brokerage.users.models import User
from products.models import DeskMember, Referral
from products.states import Desk


def is_of_desk(user: User, desk: str, on: date) -> bool:
    """Whether somebody may take what belongs to a desk on a business date.

    A desk that has named nobody is all of head office: then anybody who is active there may.
    """
    if not (user.is_active and user.is_staff):
        return False
    members = DeskMember.objects.approved().on(on).filter(desk=desk)
    mine = members.filter(person_ref=user.ref)
    return mine.exists() or not members.exists()


def desks_of(user: User, on: date) -> list[Desk]:
    """The desks for which `is_of_desk` holds on a business date."""
    if not (user.is_active and user.is_staff):
        return []
    rows = DeskMember.objects.approved().on(on).values_list("desk", "person_ref")
    members: set[tuple[str, Any]] = set(rows)
    named = {desk for desk, _person in members}
    return [desk for desk in Desk if desk not in named or (desk.value, user.ref) in members]


def officers_on(on: date) -> QuerySet[Any]:
    """Active staff of head office today, and branch managers, by key."""
    roles = [Role.HEAD_OFFICE, Role.BRANCH_MANAGER]
    now = StaffAssignment.objects.on(on).filter(role__in=roles)
    return User.objects.filter(pk__in=now.values("user"), is_active=True).order_by("pk")


def has_left(ref: Any, on: date) -> bool:
    """Whether the person with this ref has no work here any more."""
    now = StaffAssignment.objects.on(on).values("user")
    return not User.objects.filter(Q(ref=ref, is_active=True), pk__in=now).exists()


def in_hands_of(user: Any) -> QuerySet[Referral]:
    """Referrals whose next step is this person's; those of mandates go on with their mandate."""
    return Referral.objects.pursued().filter(next_by_ref=user.ref).exclude(status="mandated")
