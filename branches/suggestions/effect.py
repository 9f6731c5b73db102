"""What a change did to a step, and what a suggestion is worth. Pure.

Two windows of equal length are compared by the share of people who finished the step. The
interval is Newcombe's hybrid of two Wilson intervals (Statistics in Medicine 17, 1998, method 10),
which stays honest for small counts and for shares near 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from math import sqrt

Z = 1.959964  # 95 per cent, two-sided


class Verdict(StrEnum):
    """What two windows tell."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"  # the interval holds zero
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Window:
    """How many began a step, and how many of them finished it."""

    begun: int
    finished: int

    def __post_init__(self) -> None:
        if not 0 <= self.finished <= self.begun:
            raise ValueError("Nobody finishes who has not begun.")

    @property
    def share(self) -> float:
        """The share that finished; 0 where nobody began."""
        return self.finished / self.begun if self.begun else 0.0


@dataclass(frozen=True)
class Effect:
    """The difference of two windows in shares, with its interval."""

    verdict: Verdict
    difference: float
    low: float
    high: float


def compare(before: Window, after: Window, *, least: int) -> Effect:
    """The effect of a change between two windows.

    Args:
        before: the window before the change.
        after: the window from the change on.
        least: how many must have begun in each window for a verdict.
    """
    difference = after.share - before.share
    if min(before.begun, after.begun) < max(least, 1):
        return Effect(Verdict.TOO_FEW, difference, -1.0, 1.0)
    low_before, high_before = _wilson(before)
    low_after, high_after = _wilson(after)
    low = difference - sqrt((after.share - low_after) ** 2 + (high_before - before.share) ** 2)
    high = difference + sqrt((high_after - after.share) ** 2 + (before.share - low_before) ** 2)
    if low > 0:
        verdict = Verdict.BETTER
    elif high < 0:
        verdict = Verdict.WORSE
    else:
        verdict = Verdict.UNCLEAR
    return Effect(verdict, difference, low, high)


def _wilson(window: Window) -> tuple[float, float]:
    n, share = window.begun, window.share
    middle = share + Z**2 / (2 * n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    below = 1 + Z**2 / n
    return (middle - half) / below, (middle + half) / below


@dataclass(frozen=True)
class Outcome:
    """How one suggestion ended, for its author's score.

    Attributes:
        released: whether it was adopted and stands in the product.
        verdict: of its measurement; None while it is not measured.
        gain: difference in percentage points; counts only where the verdict is BETTER.
        merged: whether it was merged into another that was adopted.
    """

    released: bool
    verdict: Verdict | None = None
    gain: Decimal = Decimal(0)
    merged: bool = False


def points(outcomes: Sequence[Outcome], scoring: Mapping[str, str]) -> Decimal:
    """The score of adopted effect, to a tenth. The number of suggestions filed earns nothing.

    Args:
        outcomes: of one person or outlet in one period.
        scoring: the dated rule `suggestions.scoring`: `adopted`, `better`, `per_point`,
            `most_per_suggestion`, `merged_share`.
    """
    worth = {name: Decimal(value) for name, value in scoring.items()}
    total = Decimal(0)
    for one in outcomes:
        if not one.released:
            continue
        gained = worth["adopted"]
        if one.verdict == Verdict.BETTER:
            gained += worth["better"] + one.gain * worth["per_point"]
        gained = min(gained, worth["most_per_suggestion"])
        total += gained * (worth["merged_share"] if one.merged else 1)
    return total.quantize(Decimal("0.1"), ROUND_HALF_UP)
