"""Questions about the tree and its people on a given day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from branches.models import OrgUnit, StaffAssignment
from branches.states import HEAD
from brokerage.core.roles import Role


def subtree(unit: OrgUnit, on: date) -> QuerySet[OrgUnit]:
    """`unit` and all that stood under it on `on`."""
    return OrgUnit.objects.under(unit, on)


def assignments_of(
    user: Any, on: date, *, roles: Iterable[Role] | None = None
) -> QuerySet[StaffAssignment]:
    """What `user` is assigned to on `on`, for all roles or for some."""
    found = StaffAssignment.objects.filter(user=user).on(on)
    return found if roles is None else found.filter(role__in=list(roles))


def units_of(user: Any, on: date, *, roles: Iterable[Role] | None = None) -> QuerySet[OrgUnit]:
    """The units whose rows `user` works with on `on`: those of the assignments and all below.

    Args:
        user: a staff log-in.
        on: a business date.
        roles: count only assignments of these roles; all by default.
    """
    return OrgUnit.objects.under(assignments_of(user, on, roles=roles).values("unit"), on)


def head_of(unit: OrgUnit, on: date) -> StaffAssignment | None:
    """Who leads `unit` on `on`: the acting head where there is one, else the head."""
    return heads_on(on).filter(unit=unit).select_related("user", "acting_for").first()


def heads_on(on: date) -> QuerySet[StaffAssignment]:
    """Who leads which unit on `on`; an acting head comes before the head."""
    return StaffAssignment.objects.filter(role=HEAD).on(on).order_by("-acting")
