"""Close a unit in which nothing remains; its procedures decide whether and when."""

from __future__ import annotations

from datetime import date

from branches.models import (
    OpeningHours,
    OrgUnit,
    Placement,
    PointHost,
    Room,
    UnitName,
    UnitProfile,
    UnitService,
)

ENDS_WITH_ITS_UNIT = (
    Placement,
    PointHost,
    UnitName,
    UnitProfile,
    UnitService,
    OpeningHours,
    Room,
)


def close_unit(unit: OrgUnit, day: date) -> None:
    """Close a locked unit: `day` is the first without it, and what is dated ends there.

    People, customers, codes and visits are dealt with before; the database refuses what is left.
    """
    for model in ENDS_WITH_ITS_UNIT:
        model.objects.filter(unit=unit).end_on(day)
    unit.closed_on = day
    unit.save(update_fields=["closed_on"])
