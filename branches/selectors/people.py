"""Who is there on a day, in which role, with which licences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from branches.models import Absence, Licence, OrgUnit, StaffAssignment
from branches.states import HEAD


@dataclass
class Duty:
    """One person who works at a unit on a day.

    Attributes:
        user: the log-in.
        roles: values of core.roles.Role held at this unit on that day.
        licences: codes of licence kinds valid on that day.
        is_head: leads the unit, or stands in for its head.
    """

    user: Any
    roles: set[str] = field(default_factory=set)
    licences: set[str] = field(default_factory=set)
    is_head: bool = False


def present(on: date) -> QuerySet[StaffAssignment]:
    """Assignments of active people who are not away on `on`."""
    away = Absence.objects.filter(user=OuterRef("user")).on(on)
    return StaffAssignment.objects.on(on).filter(~Exists(away), user__is_active=True)


def staff_on(unit: OrgUnit, day: date) -> list[Duty]:
    """Who works at `unit` itself on `day` and is not away, heads first, then by name."""
    return staff_of([unit], day)[unit.pk]


def staff_of(units: Iterable[OrgUnit], day: date) -> dict[int, list[Duty]]:
    """Who works at each of the units on `day`, by its key; two queries."""
    found: dict[int, dict[int, Duty]] = {unit.pk: {} for unit in units}
    rows = list(present(day).filter(unit__in=found).select_related("user"))
    held: dict[int, set[str]] = {}
    licences = Licence.objects.on(day).filter(user__in={row.user_id for row in rows})
    for user, code in licences.values_list("user_id", "kind__code"):
        held.setdefault(user, set()).add(code)
    for row in rows:
        people = found[row.unit_id]
        duty = people.setdefault(row.user_id, Duty(row.user, set(), held.get(row.user_id, set())))
        duty.roles.add(row.role)
        duty.is_head = duty.is_head or row.role == HEAD
    return {unit: sorted(people.values(), key=_order) for unit, people in found.items()}


def _order(duty: Duty) -> tuple[bool, str, int]:
    return (not duty.is_head, duty.user.display_name, duty.user.pk)
