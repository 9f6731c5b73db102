"""What the plan of a procedure has to say, by kind."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.rules.tree import may_stand_under
from branches.states import Kind, OutletType, ProcedureKind
from brokerage.reference.models import Division


class UnableToProceed(Exception):
    """The procedure cannot go on like this; the message is translated.

    Attributes:
        errors: messages by field of the plan, where it is about one.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.errors = {field or "__all__": [message]}


PLACE = ("address_zh", "address_en", "division", "phone")


def checked_plan(
    kind: str,
    plan: dict[str, Any],
    *,
    unit: OrgUnit | None,
    parent: OrgUnit | None,
    on: date,
) -> dict[str, Any]:
    """The plan of an outlet's procedure with the values that this kind needs and no others.

    opening: code, name_zh, name_en, outlet_type and the place; relocation: the place; closing:
    successor (ref of the outlet that follows); type_change: outlet_type.

    Raises:
        UnableToProceed: naming the field.
    """
    if kind != ProcedureKind.OPENING and (unit is None or not unit.works_between(on, None)):
        raise UnableToProceed(_("The unit is not open on that day."), "unit")
    check = {
        ProcedureKind.OPENING: _opening,
        ProcedureKind.RELOCATION: _relocation,
        ProcedureKind.CLOSING: _closing,
        ProcedureKind.TYPE_CHANGE: _type_change,
    }[ProcedureKind(kind)]
    return check(plan, unit, parent, on)


def _opening(
    plan: dict[str, Any], unit: OrgUnit | None, parent: OrgUnit | None, on: date
) -> dict[str, Any]:
    if parent is None or not may_stand_under(Kind.OUTLET, parent.kind):
        raise UnableToProceed(_("An outlet stands under a branch company."), "parent")
    found = {name: needed(plan, name) for name in ("code", "name_zh", "name_en")}
    if OrgUnit.objects.filter(code=found["code"]).exists():
        raise UnableToProceed(_("Another unit has this code."), "code")
    return {**found, "outlet_type": _type(plan), **checked_place(plan)}


def _relocation(
    plan: dict[str, Any], unit: OrgUnit | None, parent: OrgUnit | None, on: date
) -> dict[str, Any]:
    return checked_place(plan)


def _closing(
    plan: dict[str, Any], unit: OrgUnit | None, parent: OrgUnit | None, on: date
) -> dict[str, Any]:
    ref = needed(plan, "successor")
    next_one = OrgUnit.objects.filter(ref=ref, kind=Kind.OUTLET, closed_on=None).first()
    if next_one is None or next_one == unit:
        raise UnableToProceed(_("Choose an open outlet that takes the customers."), "successor")
    return {"successor": str(next_one.ref)}


def _type_change(
    plan: dict[str, Any], unit: OrgUnit | None, parent: OrgUnit | None, on: date
) -> dict[str, Any]:
    kind = _type(plan)
    if unit is None or unit.kind != Kind.OUTLET or unit.outlet_type == kind:
        raise UnableToProceed(_("Choose another type than the present one."), "outlet_type")
    return {"outlet_type": kind}


def checked_place(plan: dict[str, Any]) -> dict[str, Any]:
    """The values of PLACE: an address and a known division, a telephone where there is one.

    Raises:
        UnableToProceed: naming the field.
    """
    code = needed(plan, "division")
    if not Division.objects.filter(code=code).exists():
        raise UnableToProceed(_("The list of divisions has no such code."), "division")
    needed(plan, "address_zh")
    return {name: str(plan.get(name) or "") for name in PLACE}


def _type(plan: dict[str, Any]) -> str:
    kind = needed(plan, "outlet_type")
    if kind not in OutletType.values:
        raise UnableToProceed(_("Choose a type."), "outlet_type")
    return kind


def needed(plan: dict[str, Any], name: str) -> str:
    """The value of a field that a plan cannot do without.

    Raises:
        UnableToProceed: naming the field.
    """
    value = str(plan.get(name) or "").strip()
    if not value:
        raise UnableToProceed(_("This is needed."), name)
    return value
