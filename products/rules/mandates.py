"""By when each stage of a mandate is due, and how likely it is to conclude: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
STAGES = ("opened", "diligence", "drafting", "review", "cleared", "signed")


@dataclass(frozen=True)
class MandateRules:
    """Clocks and likelihood of mandates.

    Attributes:
        days: calendar days that a stage may take.
        percent: how likely a mandate in this stage is to conclude, until somebody knows better.
        version: of the rule.
    """

    days: Mapping[str, int]
    percent: Mapping[str, int]
    version: str


def build_mandate_rules(value: Mapping[str, Any], version: str) -> MandateRules:
    """The rule behind its JSON form.

    Raises:
        ValueError: a stage is missing, takes no day, or its likelihood is no percentage.
    """
    try:
        days = {stage: int(value["days"][stage]) for stage in STAGES}
        percent = {stage: int(value["percent"][stage]) for stage in STAGES}
    except (KeyError, TypeError) as error:
        raise ValueError("form") from error
    if min(days.values()) < 1 or min(percent.values()) < 0 or max(percent.values()) > 100:
        raise ValueError("figures")
    return MandateRules(days, percent, version)


def weighted(expected: Decimal, percent: int) -> Decimal:
    """What a pipeline may count of one mandate.

    Args:
        expected: net revenue in yuan.
        percent: how likely it is, 0 to 100.

    Returns:
        Yuan, rounded to the cent.
    """
    return (expected * percent / 100).quantize(CENT, ROUND_HALF_UP)
