"""Guided procedures: plan, do the steps, announce, finish, call off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from branches.blockers import blockers
from branches.content import procedure_rule
from branches.models import OrgUnit, ProcedureStep, UnitProcedure
from branches.procedure_events import (
    ProcedureAnnounced,
    ProcedureCancelled,
    ProcedurePostponed,
    ProcedureStarted,
    StepDone,
)
from branches.readiness import lacking
from branches.states import ProcedureKind, ProcedureStatus
from branches.use_cases.point_procedures import checked_point, found_point, withdraw_point
from branches.use_cases.procedure_plans import UnableToProceed, checked_plan
from brokerage.core import roles
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.roles import Role
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User

ANNOUNCE = "announce"
NEEDS_NOTICE = (ProcedureKind.RELOCATION, ProcedureKind.CLOSING)
"""Customers have to hear of these so many days ahead as the rule says."""
EMPTY_FIRST = {
    "visits": "visits",
    "move_customers": "customers",
    "staff": "staff",
    "licence": "licence",
}
"""Steps of a closing that are done only when nothing of that kind remains."""


@transaction.atomic
def start_procedure(
    *,
    kind: str,
    effective_on: date,
    plan: dict[str, Any],
    actor: Actor,
    at: datetime,
    unit: OrgUnit | None = None,
    parent: OrgUnit | None = None,
) -> UnitProcedure:
    """Plan what happens to a unit and copy the checklist of the rule in force today.

    Args:
        kind: a value of states.ProcedureKind.
        effective_on: the first business day on which it holds.
        plan: what will be true then; see procedure_plans.checked_plan, and for a service point
            point_procedures.checked_point.
        unit: the unit; None for an opening and for a new service point.
        parent: under which unit an opened one will stand.

    Raises:
        UnableToProceed: when the plan is incomplete, the day too near for the notice, or another
            procedure of the unit runs.
    """
    today = business_date(at)
    rule = Rule.objects.in_force(procedure_rule(kind), today)
    if kind == ProcedureKind.POINT:
        checked = checked_point(plan, unit, parent, effective_on)
    else:
        checked = checked_plan(kind, plan, unit=unit, parent=parent, on=effective_on)
    _refuse_too_near(kind, effective_on, today, rule.figure["notice_days"])
    if unit is not None:
        OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        running = UnitProcedure.objects.filter(unit=unit, status=ProcedureStatus.RUNNING)
        if running.exists():
            raise UnableToProceed(_("Another procedure of this unit is running."))
    above = parent or (unit and OrgUnit.objects.above(unit, today).first())
    if above is None:
        raise UnableToProceed(_("Every unit but head office stands under another."))
    if kind == ProcedureKind.POINT and unit is None:
        unit = found_point(checked, parent=above, actor=actor, at=at)
    procedure = UnitProcedure.objects.create(
        kind=kind,
        unit=unit,
        parent=above,
        plan=checked,
        effective_on=effective_on,
        rule_version=rule.version,
        created_at=at,
    )
    ProcedureStep.objects.bulk_create(
        _step(procedure, number, row, at) for number, row in enumerate(rule.figure[kind], start=1)
    )
    record(
        ProcedureStarted(
            subject=procedure.ref,
            procedure=kind,
            unit=unit.ref if unit else None,
            on=effective_on,
            rule=rule.version,
        ),
        actor=actor,
        at=at,
    )
    return procedure


@transaction.atomic
def do_step(*, step: ProcedureStep, user: User, at: datetime, note: str = "") -> ProcedureStep:
    """Say that a step is done; the announcement tells the customers.

    Raises:
        UnableToProceed: when it is done, another role has to do it, an earlier step waits, the
            announcement comes too late, or something remains, or of a service point is missing,
            that the step is about.
    """
    procedure = _running(step.procedure_id)
    row = lock_row(ProcedureStep, step.pk)
    if row.done_at is not None:
        raise UnableToProceed(_("This step is done already."))
    if not {row.role, Role.HEAD_OFFICE} & roles.roles_of(user):
        raise UnableToProceed(_("Another role does this step."))
    waiting = procedure.steps.filter(done_at=None, position__lt=row.position).first()
    if waiting is not None:
        raise UnableToProceed(_("First comes: {step}.").format(step=waiting))
    _refuse_rest(procedure, row)
    _refuse_unready(procedure, row, at)
    row.done_at, row.done_by_ref, row.note = at, user.ref, note[:200]
    row.save()
    record(StepDone(subject=procedure.ref, step=row.key), actor=Actor.of(user), at=at, reason=note)
    if row.key == ANNOUNCE:
        _announce(procedure, Actor.of(user), at)
    return row


@transaction.atomic
def postpone_procedure(
    *, procedure: UnitProcedure, effective_on: date, actor: Actor, at: datetime
) -> UnitProcedure:
    """Let it take effect later; the steps that wait move along.

    Raises:
        UnableToProceed: when the day is not later, or it was announced for the present day.
    """
    row = _running(procedure.pk)
    days = (effective_on - row.effective_on).days
    if days <= 0:
        raise UnableToProceed(_("Choose a later day."))
    if row.announced_on is not None:
        raise UnableToProceed(_("The day was announced. Call this off and plan anew."))
    for step in row.steps.filter(done_at=None):
        step.due_on += timedelta(days=days)
        step.save(update_fields=["due_on"])
    row.effective_on = effective_on
    row.save(update_fields=["effective_on"])
    record(ProcedurePostponed(subject=row.ref, on=effective_on), actor=actor, at=at)
    return row


@transaction.atomic
def cancel_procedure(
    *, procedure: UnitProcedure, actor: Actor, at: datetime, reason: str
) -> UnitProcedure:
    """Call it off; a service point that it has put into the tree closes again.

    Raises:
        UnableToProceed: when it has ended, no reason is given, or somebody is assigned to the
            point.
    """
    if not reason.strip():
        raise UnableToProceed(_("Say why."))
    row = _running(procedure.pk)
    if row.kind == ProcedureKind.POINT:
        withdraw_point(row, at)
    row.move_to(ProcedureStatus.CANCELLED)
    row.ended_at = at
    row.save(update_fields=["status", "ended_at"])
    record(ProcedureCancelled(subject=row.ref), actor=actor, at=at, reason=reason)
    return row


def _running(key: int) -> UnitProcedure:
    row = lock_row(UnitProcedure, key)
    if not row.is_running:
        raise UnableToProceed(_("This procedure has ended."))
    return row


def _step(
    procedure: UnitProcedure, number: int, row: dict[str, Any], at: datetime
) -> ProcedureStep:
    return ProcedureStep(
        procedure=procedure,
        key=row["key"],
        position=number,
        title_zh=row["zh"],
        title_en=row["en"],
        role=row["role"],
        due_on=procedure.effective_on - timedelta(days=row["days"]),
        created_at=at,
    )


def _refuse_too_near(kind: str, day: date, today: date, notice: int) -> None:
    if kind in NEEDS_NOTICE and (day - today).days < notice:
        raise UnableToProceed(
            _("Customers have to hear of it {n} days ahead. Choose a later day.").format(n=notice)
        )
    if day < today:
        raise UnableToProceed(_("Choose a day ahead."))


def _refuse_rest(procedure: UnitProcedure, step: ProcedureStep) -> None:
    if procedure.kind != ProcedureKind.CLOSING or procedure.unit is None:
        return
    key = EMPTY_FIRST.get(step.key)
    for rest in blockers(procedure.unit, procedure.effective_on):
        if rest.key == key:
            raise UnableToProceed(
                _("There is still: {what} ({n}).").format(what=rest.label, n=rest.shown)
            )


def _refuse_unready(procedure: UnitProcedure, step: ProcedureStep, at: datetime) -> None:
    if procedure.kind != ProcedureKind.POINT:
        return
    if lacks := lacking(procedure, at, step=step.key):
        raise UnableToProceed(lacks)


def _announce(procedure: UnitProcedure, actor: Actor, at: datetime) -> None:
    today = business_date(at)
    notice = Rule.objects.of_version(procedure.rule_version).figure["notice_days"]
    _refuse_too_near(procedure.kind, procedure.effective_on, today, notice)
    procedure.announced_on = today
    procedure.save(update_fields=["announced_on"])
    record(
        ProcedureAnnounced(
            subject=procedure.ref,
            procedure=procedure.kind,
            unit=procedure.unit.ref if procedure.unit else None,
            on=procedure.effective_on,
        ),
        actor=actor,
        at=at,
    )
