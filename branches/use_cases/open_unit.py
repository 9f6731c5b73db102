"""Add a unit to the tree."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.events import UnitOpened
from branches.models import OrgUnit, Placement, UnitName
from branches.rules import tree as rules
from branches.states import Kind
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToOpenUnit(Exception):
    """The unit does not fit into the tree; the message is translated."""


@transaction.atomic
def open_unit(
    *,
    kind: str,
    code: str,
    name_zh: str,
    name_en: str,
    parent: OrgUnit | None,
    opened_on: date,
    actor: Actor,
    at: datetime,
    outlet_type: str = "",
    division_code: str = "",
) -> OrgUnit:
    """Open a unit under `parent` from `opened_on` on.

    Args:
        kind: a value of states.Kind.
        code: unique code of the unit.
        parent: None for head office only.
        opened_on: first business day.
        outlet_type: A, B or C for an outlet, else empty.
        division_code: six digits of the place.

    Raises:
        UnableToOpenUnit: when the kind may not stand there or a value is wrong.
    """
    if (parent is None) != (kind == Kind.HEAD_OFFICE):
        raise UnableToOpenUnit(_("Every unit but head office stands under another."))
    if parent is not None and not rules.may_stand_under(kind, parent.kind):
        raise UnableToOpenUnit(_("A unit of this kind does not stand there."))
    unit = OrgUnit(
        kind=kind,
        outlet_type=outlet_type,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        division_code=division_code,
        opened_on=opened_on,
        created_at=at,
    )
    try:
        unit.full_clean()
    except ValidationError as error:
        raise UnableToOpenUnit(" ".join(error.messages)) from error
    unit.save()
    UnitName.objects.create(
        unit=unit, name_zh=name_zh, name_en=name_en, valid_from=opened_on, created_at=at
    )
    if parent is not None:
        Placement.objects.create(unit=unit, parent=parent, valid_from=opened_on, created_at=at)
    record(
        UnitOpened(
            subject=unit.ref, unit_kind=kind, parent=parent.ref if parent else None, on=opened_on
        ),
        actor=actor,
        at=at,
    )
    return unit
