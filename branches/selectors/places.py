"""How to reach units on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from branches.models import OrgUnit, PointHost, UnitProfile


def profile_on(unit: OrgUnit, day: date) -> UnitProfile | None:
    """Address and access of `unit` on `day`; None where nothing is known."""
    return UnitProfile.objects.on(day).filter(unit=unit).select_related("division").first()


def host_on(unit: OrgUnit, day: date) -> PointHost | None:
    """Where a service point stands on `day`; None for one without a host and for other units."""
    return PointHost.objects.on(day).filter(unit=unit).first()


def with_profile(units: QuerySet[OrgUnit], day: date) -> QuerySet[OrgUnit]:
    """`units` with `profiles_then`: a list of the one profile of `day`, or empty; one query more.

    For many units, start from `UnitProfile.objects.on(day).select_related("unit")` instead.
    """
    rows: Any = UnitProfile.objects.on(day).select_related("division")
    return units.prefetch_related(Prefetch("profiles", rows, to_attr="profiles_then"))
