"""Give a unit another name from a day on."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from branches.models import OrgUnit, UnitName
from branches.place_events import UnitRenamed
from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToRename(RefusedByField):
    """The name cannot hold from that day.

    Attributes:
        errors: translated messages by field.
    """


@transaction.atomic
def rename_unit(
    *,
    unit: OrgUnit,
    name_zh: str,
    name_en: str,
    valid_from: date,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> UnitName:
    """Let `unit` be called so from `valid_from` on; its name until then stays on record.

    Args:
        valid_from: first business day of the new name: today or later, so that nothing that
            was said under the old name changes.
        reason: such as the number of the decision; for the journal.

    Raises:
        UnableToRename: for a day that is past or on which the unit does not work, a name that it
            has already, or while another new name is planned.
    """
    row = OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    today = business_date(at)
    _refuse_day(row, valid_from, today)
    held = UnitName.objects.select_for_update().filter(unit=row, valid_to=None).first()
    if held is not None and held.valid_from >= valid_from:
        raise UnableToRename({"valid_from": [_("A later change is planned already.")]})
    before = (held.name_zh, held.name_en) if held else (row.name_zh, row.name_en)
    if before == (name_zh, name_en):
        raise UnableToRename({"name_zh": [_("The unit has this name already.")]})
    _end(held, row, valid_from, at)
    new = UnitName(
        unit=row, name_zh=name_zh, name_en=name_en, valid_from=valid_from, created_at=at
    )
    try:
        new.full_clean()
    except ValidationError as error:
        raise UnableToRename(error.message_dict) from error
    new.save()
    record(
        UnitRenamed(
            subject=row.ref, before=before[0], after=name_zh, after_en=name_en, on=valid_from
        ),
        actor=actor,
        at=at,
        reason=reason,
    )
    let_names_begin(at=at, unit=row)
    unit.name_zh, unit.name_en = row.name_zh, row.name_en
    return new


def let_names_begin(*, at: datetime, unit: OrgUnit | None = None) -> int:
    """Give units the name of today where they carry another; running it again changes nothing.

    Args:
        unit: this one only, changed in place as well.

    Returns:
        How many units got a name.
    """
    today = business_date(at)
    rows = UnitName.objects.on(today).exclude(
        Q(name_zh=F("unit__name_zh")) & Q(name_en=F("unit__name_en"))
    )
    if unit is not None:
        rows = rows.filter(unit=unit)
    begun = list(rows)
    for name in begun:
        OrgUnit.objects.filter(pk=name.unit_id).update(name_zh=name.name_zh, name_en=name.name_en)
        if unit is not None:
            unit.name_zh, unit.name_en = name.name_zh, name.name_en
    return len(begun)


def _refuse_day(unit: OrgUnit, valid_from: date, today: date) -> None:
    if valid_from < today:
        raise UnableToRename({"valid_from": [_("A name begins today or later.")]})
    if not unit.works_between(valid_from, None):
        raise UnableToRename({"valid_from": [_("The unit is not open on that day.")]})


def _end(held: UnitName | None, unit: OrgUnit, day: date, at: datetime) -> None:
    """End the name that holds; a unit from before names were dated gets its first row."""
    if held is None:
        UnitName.objects.create(
            unit=unit,
            name_zh=unit.name_zh,
            name_en=unit.name_en,
            valid_from=unit.opened_on,
            valid_to=day,
            created_at=at,
        )
        return
    held.valid_to = day
    held.save(update_fields=["valid_to"])
