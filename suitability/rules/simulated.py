"""Simulated trading as evidence: how much of it counts, and for how long. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from brokerage.reference.periods import Period


@dataclass(frozen=True, kw_only=True)
class Practice:
    """What somebody did in a simulated market, from the first to the last trading day."""

    trades: int
    days: int
    last_on: date


@dataclass(frozen=True, kw_only=True)
class Enough:
    """How much counts for one fact.

    Attributes:
        trades: at least so many.
        days: on at least so many trading days.
        months: so long after the last day it still counts.
    """

    trades: int
    days: int
    months: int


def build_simulated_rules(content: Mapping[str, Any]) -> dict[str, Enough]:
    """How much counts by fact, as the value of `suitability.simulated_trading` describes.

    Raises:
        KeyError, TypeError, ValueError: when a figure is missing or cannot be.
    """
    found = {
        str(fact): Enough(**{name: int(figure) for name, figure in figures.items()})
        for fact, figures in content.items()
    }
    if not found or any(min(each.trades, each.days, each.months) < 1 for each in found.values()):
        raise ValueError("A number of trades, days or months cannot be.")
    return found


def is_enough(done: Practice, asked: Enough, on: date) -> bool:
    """Whether a practice counts on the business date `on`."""
    fresh = done.last_on <= on < Period(months=asked.months).after(done.last_on)
    return fresh and done.trades >= asked.trades and done.days >= asked.days
