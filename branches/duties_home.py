"""Tasks with clocks on the task home: steps of procedures, licences that end, forced leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.models import Licence, OrgUnit, ProcedureStep
from branches.selectors.duties import forced_leave_cases, licences_ending
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.core.roles import Role

LIMIT = 30
YEAR = timedelta(days=366)
SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENING = time(18, 0)


def steps(user: Any, at: datetime) -> Iterable[Task]:
    """The next step of each procedure, where a role of this person does it; one query."""
    for rows in probe_steps(user, at):
        yield from _steps(rows)


def probe_steps(user: Any, at: datetime) -> list[Any]:
    """Rows behind `steps`; none for who does no steps."""
    if not roles.may(user, "branches.do_step"):
        return []
    earlier = ProcedureStep.objects.filter(
        procedure=OuterRef("procedure"), position__lt=OuterRef("position"), done_at=None
    )
    waiting: Any = scope.visible(ProcedureStep, user)
    return [waiting.waiting().filter(~Exists(earlier), role__in=roles.roles_of(user))]


def _steps(rows: Any) -> Iterable[Task]:
    rows = rows.select_related("procedure__unit").order_by("due_on", "position")
    for step in rows[:LIMIT]:
        yield Task(
            title=step.title,
            detail=str(step.procedure),
            url=reverse("admin:branches_unitprocedure_change", args=[step.procedure.ref]),
            action=_("See the steps"),
            started_at=step.created_at,
            due_at=evening(step.due_on),
        )


def licences(user: Any, at: datetime) -> Iterable[Task]:
    """Licences of one's people that end soon; one query beside the rule."""
    if not roles.may(user, "branches.view_licence") or not _leads(user):
        return
    rows, _rungs = licences_ending(business_date(at))
    mine = scope.visible(rows, user).select_related("user", "kind")
    for licence in mine[:LIMIT]:
        assert licence.valid_to is not None, "only licences with an end are asked for"
        yield Task(
            title=_("{kind} of {name} ends").format(kind=licence.kind.name, name=licence.user),
            detail=_("On {day}; its services end with it.").format(
                day=formats.day(licence.valid_to)
            ),
            url=reverse("admin:branches_licence_change", args=[licence.ref]),
            action=_("See the licence"),
            started_at=licence.created_at,
            due_at=evening(licence.valid_to),
        )


def probe_licences(user: Any, at: datetime) -> list[Any]:
    """More than the rows behind `licences`: the rule's rungs lie within a year."""
    if not roles.may(user, "branches.view_licence") or not _leads(user):
        return []
    today = business_date(at)
    ending = Licence.objects.on(today).filter(valid_to__lte=today + YEAR)
    return [scope.visible(ending, user)]


def leave(user: Any, at: datetime) -> Iterable[Task]:
    """Heads of one's units whose forced leave comes due."""
    if not roles.may(user, "branches.add_absence"):
        return
    units = scope.visible(OrgUnit, user).filter(Q(closed_on=None)).values("pk")
    for case in forced_leave_cases(business_date(at), units=units)[:LIMIT]:
        yield Task(
            title=_("Forced leave of {name}").format(name=case.user),
            detail=_("{unit}; ten working days on end.").format(unit=case.unit),
            url=f"{reverse('admin:branches_absence_add')}?user={case.user.pk}&kind=forced",
            action=_("Enter the leave"),
            due_at=evening(case.due_on),
        )


def _leads(user: Any) -> bool:
    return bool(roles.roles_of(user) & {Role.BRANCH_MANAGER, Role.HEAD_OFFICE})


def evening(day: date) -> datetime:
    """The end of a working day in Shanghai, for promises that name a day."""
    return datetime.combine(day, EVENING, SHANGHAI)
