"""Ends that come: licences of people, forced leave of heads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from branches.content import FORCED_LEAVE, LADDER
from branches.models import Absence, Licence, StaffAssignment
from branches.rules.ladders import forced_leave_due
from branches.states import LeaveKind
from brokerage.reference.models import Rule


@dataclass(frozen=True)
class LeaveCase:
    """One person whose forced leave comes due.

    Attributes:
        user: the person.
        unit: where the binding role is held.
        due_on: by when the leave has to be over.
        ladder: days before that on which to remind.
    """

    user: Any
    unit: Any
    due_on: date
    ladder: list[int]


def licences_ending(today: date) -> tuple[QuerySet[Licence], list[int]]:
    """Licences within the longest rung of their end that no renewal follows, and the rungs."""
    rungs: list[int] = Rule.objects.in_force(LADDER, today).figure
    follows = Licence.objects.filter(
        user=OuterRef("user"), kind=OuterRef("kind"), valid_from__gte=OuterRef("valid_to")
    )
    last = today + timedelta(days=max(rungs))
    rows = Licence.objects.on(today).filter(
        ~Exists(follows), valid_to__lte=last, user__is_active=True
    )
    return rows.order_by("valid_to", "pk"), rungs


def forced_leave_cases(today: date, *, units: Any = None) -> list[LeaveCase]:
    """People bound by the rule whose next forced leave is due within its ladder or overdue.

    A leave counts when it was entered as forced; its length in working days is looked at when it
    is entered. Service counts from the first assignment of a binding role.

    Args:
        today: the business date.
        units: only roles at these units (a query set); all by default.
    """
    figure = Rule.objects.in_force(FORCED_LEAVE, today).figure
    rows = StaffAssignment.objects.on(today).filter(role__in=figure["roles"], acting=False)
    if units is not None:
        rows = rows.filter(unit__in=units)
    rows = rows.annotate(last_leave=Subquery(_last_leave(today)))
    bound = {row.user_id: row for row in rows.select_related("user", "unit")}
    ladder: list[int] = figure["ladder"]
    cases = []
    for row in bound.values():
        due = forced_leave_due(row.last_leave or row.valid_from, figure["years"])
        if (due - today).days <= max(ladder):
            cases.append(LeaveCase(row.user, row.unit, due, ladder))
    return sorted(cases, key=lambda case: (case.due_on, case.user.pk))


def _last_leave(today: date) -> Any:
    rows = Absence.objects.filter(
        user=OuterRef("user"), kind=LeaveKind.FORCED, valid_to__lte=today
    )
    return rows.order_by("-valid_to").values("valid_to")[:1]
