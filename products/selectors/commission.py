"""The network's average net commission over time, from what was counted by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from branches.models import OrgUnit
from products.models import CommissionDay
from products.rules.commission import Sums
from products.rules.quarters import Quarter

MONTHS = 12
FIGURES = ("trades", "turnover", "charged", "dues", "left_out")


@dataclass(frozen=True)
class UnitCommission:
    """What one outlet's customers traded in a quarter."""

    name: str
    sums: Sums


def by_month(units: QuerySet[OrgUnit], quarter: Quarter) -> list[tuple[date, Sums]]:
    """The last twelve months up to the end of a quarter that have trades; the oldest first."""
    last = quarter.after
    rows: Any = _of(units.order_by().values("pk")).filter(
        day__gte=date(last.year - 1, last.month, 1), day__lt=last
    )
    months = rows.annotate(month=TruncMonth("day")).values("month").annotate(**_sums())
    return [(row["month"], _read(row)) for row in months.order_by("month")]


def by_unit(units: Sequence[OrgUnit], quarter: Quarter) -> list[UnitCommission]:
    """Outlets of a page with what their customers traded in a quarter; one query."""
    rows: Any = _of([unit.pk for unit in units]).filter(
        day__gte=quarter.first, day__lt=quarter.after
    )
    found = {row["unit"]: _read(row) for row in rows.order_by().values("unit").annotate(**_sums())}
    return [UnitCommission(unit.name, found[unit.pk]) for unit in units if unit.pk in found]


def _of(units: Any) -> Any:
    return CommissionDay.objects.filter(unit__in=units)


def _sums() -> dict[str, Sum]:
    return {f"sum_{name}": Sum(name) for name in FIGURES}


def _read(row: dict[str, Any]) -> Sums:
    return Sums(**{name: row[f"sum_{name}"] for name in FIGURES})
