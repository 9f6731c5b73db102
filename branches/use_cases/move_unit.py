"""Move a unit to another place in the tree."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branches.events import UnitMoved
from branches.models import OrgUnit, Placement
from branches.rules import tree as rules
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToMoveUnit(Exception):
    """The unit cannot stand there on that day; the message is translated."""


@transaction.atomic
def move_unit(
    *, unit: OrgUnit, parent: OrgUnit, on: date, actor: Actor, at: datetime, reason: str = ""
) -> Placement:
    """Let `unit` stand under `parent` from `on` on; where it stood before stays on record.

    Args:
        on: first business day at the new place; not before the present placement began.

    Raises:
        UnableToMoveUnit: when the kind may not stand there, or the tree would have a circle.
    """
    OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if not rules.may_stand_under(unit.kind, parent.kind):
        raise UnableToMoveUnit(_("A unit of this kind does not stand there."))
    old = unit.placements.on(on).first()
    if old is None or old.valid_to is not None or old.valid_from >= on:
        raise UnableToMoveUnit(_("Another move of this unit is planned or was made since."))
    if old.parent_id == parent.pk:
        raise UnableToMoveUnit(_("The unit stands there already."))
    old.valid_to = on
    old.save(update_fields=["valid_to"])
    try:
        with transaction.atomic():
            new = Placement.objects.create(unit=unit, parent=parent, valid_from=on, created_at=at)
    except IntegrityError as error:
        raise UnableToMoveUnit(_("A unit cannot stand under itself.")) from error
    record(
        UnitMoved(subject=unit.ref, parent=parent.ref, on=on),
        actor=actor,
        at=at,
        reason=reason,
    )
    return new
