"""Where a multiple stands in its own history."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class ValuationRule:
    """One dated version.

    Attributes:
        years: of history before the day, the day itself counts too.
        least_days: with fewer days of history nothing is said.
        high_percent: high when at least so many per cent of the days were lower.
        low_percent: low when at most so many were lower.
        fresh_days: a figure is not older than so many calendar days.
    """

    version: str
    years: int
    least_days: int
    high_percent: int
    low_percent: int
    fresh_days: int


class Side(StrEnum):
    """Which end of its history."""

    HIGH = "high"
    LOW = "low"


def percent_below(lower: int, days: int) -> int:
    """How many per cent of `days` were lower, rounded down; 0 without days."""
    return lower * 100 // days if days else 0


def side_of(lower: int, days: int, rule: ValuationRule) -> Side | None:
    """High or low against its own history; None in between or where it is too short.

    Args:
        lower: days of the history with a lower multiple.
        days: all days of the history that have the multiple, the day itself among them.
    """
    if days < rule.least_days:
        return None
    if lower * 100 >= rule.high_percent * days:
        return Side.HIGH
    return Side.LOW if lower * 100 <= rule.low_percent * days else None
