"""Say from when on a unit is at an address, and how one gets in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from branches.content import DISTANCES
from branches.models import OrgUnit, UnitProfile
from branches.place_events import ProfileChanged
from branches.rules.coordinates import Finding, Fit, judge
from brokerage.core.clock import business_date
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Division, Rule


class UnableToSetProfile(RefusedByField):
    """The address or its coordinates are wrong.

    Attributes:
        errors: translated messages by field name; "__all__" for those of no field.
    """


@transaction.atomic
def set_profile(
    *,
    unit: OrgUnit,
    valid_from: date,
    actor: Actor,
    at: datetime,
    **facts: Any,
) -> UnitProfile:
    """Let `facts` hold for `unit` from `valid_from` on; what held before ends there.

    Args:
        valid_from: first business day; not before the present facts began.
        facts: fields of UnitProfile: division, address_zh, address_en, lon, lat, phone,
            directions_zh, directions_en, access, languages. What is not given is empty.

    Raises:
        UnableToSetProfile: when a value is wrong, the coordinates lie too far from the division,
            or later facts are planned already.
    """
    OrgUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    row = UnitProfile(unit=unit, valid_from=valid_from, created_at=at, **facts)
    later = UnitProfile.objects.filter(unit=unit, valid_from__gt=valid_from)
    if later.exclude(valid_to__lte=valid_from).exists():
        raise UnableToSetProfile({"valid_from": [_("A later change is planned already.")]})
    finding = check_coordinates(row, valid_from)
    if finding is not None and finding.fit is Fit.WRONG:
        raise UnableToSetProfile({"lon": [too_far(row, finding)]})
    _end_what_held(unit, valid_from)
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToSetProfile(error.message_dict) from error
    row.save()
    if valid_from <= business_date(at):
        OrgUnit.objects.filter(pk=unit.pk).update(division_code=row.division.code)
        unit.division_code = row.division.code
    record(
        ProfileChanged(subject=unit.ref, division=row.division.code, on=valid_from),
        actor=actor,
        at=at,
    )
    return row


def check_coordinates(row: UnitProfile, on: date) -> Finding | None:
    """How the row's coordinates fit its division; None where there are none."""
    division: Division | None = row.division if row.division_id else None
    if row.lon is None or row.lat is None or division is None:
        return None
    centre = None
    if division.lon is not None and division.lat is not None:
        centre = (division.lon, division.lat)
    limits = Rule.objects.in_force(DISTANCES, on).figure
    return judge((row.lon, row.lat), centre, division.level, limits)


def too_far(row: UnitProfile, finding: Finding) -> str:
    """The sentence about coordinates that do not fit."""
    return _("This point lies {km} km from the centre of {division}. Check both.").format(
        km=finding.km, division=row.division.name
    )


def _end_what_held(unit: OrgUnit, day: date) -> None:
    held = UnitProfile.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), unit=unit)
    held.filter(valid_from__lte=day).update(valid_to=day)
