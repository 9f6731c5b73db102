"""Let a procedure take effect: all at once, in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from branches.blockers import blockers
from branches.content import MATRIX
from branches.models import OrgUnit, Service, UnitProcedure, UnitProfile, UnitService
from branches.procedure_events import CustomersMoved, ProcedureDone
from branches.states import CodeEnd, Kind, ProcedureKind, ProcedureStatus
from branches.use_cases.close_unit import close_unit
from branches.use_cases.entry_codes import replace_codes
from branches.use_cases.open_unit import open_unit
from branches.use_cases.point_procedures import stand_point
from branches.use_cases.procedure_plans import UnableToProceed
from branches.use_cases.set_profile import UnableToSetProfile, set_profile
from branches.use_cases.set_services import set_services
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Division, Rule

BATCH = 500


@transaction.atomic
def finish_procedure(*, procedure: UnitProcedure, actor: Actor, at: datetime) -> UnitProcedure:
    """Make the plan true, once every step is done and the day has come.

    Raises:
        UnableToProceed: when a step waits, the day lies ahead, or something remains in a unit
            that would close, or something is missing at a service point.
    """
    row = lock_row(UnitProcedure, procedure.pk)
    if not row.is_running:
        raise UnableToProceed(_("This procedure has ended."))
    waiting = row.steps.filter(done_at=None).first()
    if waiting is not None:
        raise UnableToProceed(_("First comes: {step}.").format(step=waiting))
    if business_date(at) < row.effective_on:
        raise UnableToProceed(_("It can be finished on the day on which it takes effect."))
    effect = {
        ProcedureKind.OPENING: _open,
        ProcedureKind.RELOCATION: _relocate,
        ProcedureKind.CLOSING: _close,
        ProcedureKind.TYPE_CHANGE: _change_type,
        ProcedureKind.POINT: stand_point,
    }[ProcedureKind(row.kind)]
    unit = effect(row, actor, at)
    row.unit = unit
    row.move_to(ProcedureStatus.DONE)
    row.ended_at = at
    row.save()
    record(
        ProcedureDone(subject=row.ref, procedure=row.kind, unit=unit.ref, on=row.effective_on),
        actor=actor,
        at=at,
    )
    return row


def move_customers(*, procedure: UnitProcedure, actor: Actor, at: datetime) -> int:
    """Move the customers of a unit that closes to the one that follows, in batches.

    They were told at the announcement; nobody is moved before. Running it again goes on.

    Returns:
        How many were moved now.

    Raises:
        UnableToProceed: when it was not announced, or is no closing.
    """
    if procedure.kind != ProcedureKind.CLOSING or procedure.unit is None:
        raise UnableToProceed(_("Only a closing moves customers."))
    if procedure.announced_on is None or not procedure.is_running:
        raise UnableToProceed(_("Customers are moved after they were told."))
    there = OrgUnit.objects.get(ref=procedure.plan["successor"])
    moved = 0
    while number := _move_batch(procedure.unit, there, actor, at):
        moved += number
    return moved


@transaction.atomic
def _move_batch(unit: OrgUnit, there: OrgUnit, actor: Actor, at: datetime) -> int:
    rows = Customer.objects.select_for_update(skip_locked=True).filter(home_outlet_ref=unit.ref)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    Customer.objects.filter(pk__in=keys).update(home_outlet_ref=there.ref)
    record(CustomersMoved(subject=unit.ref, to=there.ref, number=len(keys)), actor=actor, at=at)
    return len(keys)


def _open(row: UnitProcedure, actor: Actor, at: datetime) -> OrgUnit:
    plan = row.plan
    unit = open_unit(
        kind=Kind.OUTLET,
        code=plan["code"],
        name_zh=plan["name_zh"],
        name_en=plan["name_en"],
        parent=row.parent,
        opened_on=row.effective_on,
        outlet_type=plan["outlet_type"],
        division_code=plan["division"],
        actor=actor,
        at=at,
    )
    _set_place(row, unit, actor, at)
    return unit


def _relocate(row: UnitProcedure, actor: Actor, at: datetime) -> OrgUnit:
    unit = _unit(row)
    _set_place(row, unit, actor, at)
    replace_codes(unit=unit, reason=CodeEnd.RELOCATED, actor=actor, at=at)
    return unit


def _set_place(row: UnitProcedure, unit: OrgUnit, actor: Actor, at: datetime) -> None:
    """The planned place; what one finds inside is said anew by the manager."""
    division = Division.objects.get(code=row.plan["division"])
    before = UnitProfile.objects.on(row.effective_on).filter(unit=unit).first()
    try:
        set_profile(
            unit=unit,
            valid_from=row.effective_on,
            actor=actor,
            at=at,
            division=division,
            address_zh=row.plan["address_zh"],
            address_en=row.plan["address_en"],
            phone=row.plan["phone"] or (before.phone if before else ""),
            lon=division.lon,
            lat=division.lat,
            languages=before.languages if before else [],
        )
    except UnableToSetProfile as error:
        raise UnableToProceed(str(error)) from error


def _close(row: UnitProcedure, actor: Actor, at: datetime) -> OrgUnit:
    unit = _unit(row)
    rest = blockers(unit, row.effective_on)
    if rest:
        told = ", ".join(f"{one.label} ({one.shown})" for one in rest)
        raise UnableToProceed(_("There is still: {what}.").format(what=told))
    there = OrgUnit.objects.get(ref=row.plan["successor"])
    replace_codes(unit=unit, reason=CodeEnd.CLOSED, to=there, actor=actor, at=at)
    close_unit(unit, row.effective_on)
    return unit


def _change_type(row: UnitProcedure, actor: Actor, at: datetime) -> OrgUnit:
    """The new type; services that it may not give end on that day."""
    unit = _unit(row)
    unit.outlet_type = row.plan["outlet_type"]
    unit.save(update_fields=["outlet_type"])
    today = business_date(at)
    given = Rule.objects.in_force(MATRIX, today).figure[unit.outlet_type]
    offered = UnitService.objects.on(today).filter(unit=unit, service__code__in=given)
    kept = Service.objects.filter(pk__in=offered.values("service"))
    set_services(unit=unit, services=kept, valid_from=today, actor=actor, at=at)
    return unit


def _unit(row: UnitProcedure) -> OrgUnit:
    assert row.unit_id is not None, "only an opening has no unit yet"
    return OrgUnit.objects.select_for_update(no_key=True).get(pk=row.unit_id)
