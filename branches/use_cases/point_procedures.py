"""A service point by its checklist: planned, put into the tree, opened at its host, called off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from branches.blockers import blockers
from branches.content import MATRIX
from branches.entry_codes import institution_name
from branches.models import OrgUnit, PointHost, Service, UnitProcedure
from branches.readiness import lacking, planned_services
from branches.rules.hours import BadHours, parse_hours
from branches.rules.tree import may_stand_under
from branches.states import CodePurpose, Kind
from branches.use_cases.close_unit import close_unit
from branches.use_cases.entry_codes import give_code
from branches.use_cases.open_unit import UnableToOpenUnit, open_unit
from branches.use_cases.procedure_plans import UnableToProceed, checked_place, needed
from branches.use_cases.service_points import Desk, UnableToHost, host_point
from branches.use_cases.set_hours import set_hours
from branches.use_cases.set_profile import UnableToSetProfile, set_profile
from brokerage.core.clock import business_date, day_begins
from brokerage.journal.actors import Actor
from brokerage.reference.models import Division, Rule

WORKDAYS = range(1, 6)
HOST = ("host_zh", "host_en")
DESK = ("desk_zh", "desk_en")
OPENS_ACCOUNTS = "open_account"
"""The service with which a code for opening an account makes sense."""


def checked_point(
    plan: dict[str, Any], unit: OrgUnit | None, parent: OrgUnit | None, on: date
) -> dict[str, Any]:
    """The plan of a service point with its own values and no others.

    institution (ref), host_zh, host_en, desk_zh, desk_en, services (codes), codes_until (ISO
    date); without a `unit` also code, name_zh, name_en, the place, and week: the hours from
    Monday to Friday as they are written, which may be empty.

    Raises:
        UnableToProceed: naming the field.
    """
    ref = needed(plan, "institution")
    if institution_name(UUID(ref)) is None:
        raise UnableToProceed(_("This institution does not work with us now."), "institution")
    found: dict[str, Any] = {"institution": ref, **{name: needed(plan, name) for name in HOST}}
    found |= {name: str(plan.get(name) or "") for name in DESK}
    found |= {"services": _services(plan, on), "codes_until": _until(plan, on)}
    return found | (_new_unit(plan, parent) if unit is None else _old_unit(unit, on))


def found_point(plan: dict[str, Any], *, parent: OrgUnit, actor: Actor, at: datetime) -> OrgUnit:
    """Put a new point into the tree from today on, with its place and hours.

    So its manager sees it and people can be assigned. It gives nothing, and no customer sees it,
    until it stands at its host.

    Raises:
        UnableToProceed: naming the field.
    """
    division, on = Division.objects.get(code=plan["division"]), business_date(at)
    try:
        unit = open_unit(
            kind=Kind.SERVICE_POINT,
            code=plan["code"],
            name_zh=plan["name_zh"],
            name_en=plan["name_en"],
            parent=parent,
            opened_on=on,
            division_code=division.code,
            actor=actor,
            at=at,
        )
        set_profile(
            unit=unit,
            valid_from=on,
            division=division,
            address_zh=plan["address_zh"],
            address_en=plan["address_en"],
            phone=plan["phone"],
            lon=division.lon,
            lat=division.lat,
            actor=actor,
            at=at,
        )
    except UnableToOpenUnit as error:
        raise UnableToProceed(str(error)) from error
    except UnableToSetProfile as error:
        raise UnableToProceed(str(error), next(iter(error.errors))) from error
    if spans := parse_hours(plan["week"]):
        week = dict.fromkeys(WORKDAYS, spans)
        set_hours(unit=unit, week=week, valid_from=on, actor=actor, at=at)
    return unit


def stand_point(procedure: UnitProcedure, actor: Actor, at: datetime) -> OrgUnit:
    """Let the point stand at its host from today on, with services and the codes of its journeys.

    Raises:
        UnableToProceed: when anything that `readiness` asks for is missing.
    """
    assert procedure.unit is not None, "a point stands in the tree from the start"
    if lacks := lacking(procedure, at):
        raise UnableToProceed(lacks)
    plan = procedure.plan
    desk = Desk(
        institution=UUID(plan["institution"]),
        name_zh=plan["host_zh"],
        name_en=plan["host_en"],
        desk_zh=plan["desk_zh"],
        desk_en=plan["desk_en"],
    )
    try:
        host_point(
            unit=procedure.unit,
            desk=desk,
            services=planned_services(procedure),
            on=business_date(at),
            actor=actor,
            at=at,
        )
    except UnableToHost as error:
        raise UnableToProceed(str(error)) from error
    _give_codes(procedure.unit, plan, actor, at)
    return procedure.unit


def withdraw_point(procedure: UnitProcedure, at: datetime) -> None:
    """Close the unit that this procedure has put into the tree; one that was there before stays.

    Raises:
        UnableToProceed: while somebody is assigned to it.
    """
    unit = procedure.unit
    if unit is None or "code" not in procedure.plan:
        return
    unit = OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    # a unit stands for a day at least, or the tree would not know where
    day = max(business_date(at), unit.opened_on + timedelta(days=1))
    rest = blockers(unit, day)
    if rest:
        told = ", ".join(f"{one.label} ({one.shown})" for one in rest)
        raise UnableToProceed(_("There is still: {what}.").format(what=told))
    close_unit(unit, day)


def _new_unit(plan: dict[str, Any], parent: OrgUnit | None) -> dict[str, Any]:
    if parent is None or not may_stand_under(Kind.SERVICE_POINT, parent.kind):
        raise UnableToProceed(
            _("A service point stands under an outlet or a branch company."), "parent"
        )
    found = {name: needed(plan, name) for name in ("code", "name_zh", "name_en")}
    if OrgUnit.objects.filter(code=found["code"]).exists():
        raise UnableToProceed(_("Another unit has this code."), "code")
    week = str(plan.get("week") or "")
    try:
        parse_hours(week)
    except BadHours as bad:
        raise UnableToProceed(_("Write hours such as 9:00-11:30, 13:00-17:00."), "week") from bad
    return {**found, **checked_place(plan), "week": week}


def _old_unit(unit: OrgUnit, on: date) -> dict[str, Any]:
    if unit.kind != Kind.SERVICE_POINT:
        raise UnableToProceed(_("Only a service point stands at an institution."), "unit")
    if not unit.works_between(on, None):
        raise UnableToProceed(_("The unit is not open on that day."), "unit")
    if PointHost.objects.filter(unit=unit).overlapping(on, None).exists():
        raise UnableToProceed(_("This point stands at another institution then."), "unit")
    return {}


def _services(plan: dict[str, Any], on: date) -> list[str]:
    chosen = {str(code) for code in plan.get("services") or ()}
    if not chosen:
        raise UnableToProceed(_("This is needed."), "services")
    given = set(Rule.objects.in_force(MATRIX, on).figure[Kind.SERVICE_POINT])
    known = set(Service.objects.filter(code__in=chosen).values_list("code", flat=True))
    if chosen - (given & known):
        raise UnableToProceed(
            _("A service point may not offer: {services}.").format(
                services="、".join(sorted(chosen - (given & known)))
            ),
            "services",
        )
    return sorted(chosen)


def _until(plan: dict[str, Any], on: date) -> str:
    until = date.fromisoformat(needed(plan, "codes_until"))
    if until <= on:
        raise UnableToProceed(_("The end cannot lie before the beginning."), "codes_until")
    return until.isoformat()


def _give_codes(unit: OrgUnit, plan: dict[str, Any], actor: Actor, at: datetime) -> None:
    """One code for each journey that starts there, until the end of the last planned day."""
    after = date.fromisoformat(plan["codes_until"]) + timedelta(days=1)
    ends_at = day_begins(after)
    purposes = [CodePurpose.VISIT]
    if OPENS_ACCOUNTS in plan["services"]:
        purposes.append(CodePurpose.OPEN_ACCOUNT)
    for purpose in purposes:
        give_code(
            unit=unit,
            purpose=purpose,
            label=plan["desk_zh"] or plan["host_zh"],
            ends_at=ends_at,
            actor=actor,
            at=at,
        )
