"""What the daily values of a product say: how far they fell, and how they went beside a benchmark.

Pure functions. No sentence here speaks of the future.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MOST_POINTS = 60


@dataclass(frozen=True)
class Value:
    """The value of a unit at the end of a day, and the benchmark's level where there is one."""

    day: date
    value: Decimal
    benchmark: Decimal | None = None


@dataclass(frozen=True)
class Past:
    """A span of days in figures; shares such as -0.12.

    Attributes:
        change: of the value from the first day to the last.
        deepest: the deepest fall below the highest value so far, 0 or negative.
        benchmark: its change over the same days; None where some day lacks it.
    """

    first: Value
    last: Value
    change: Decimal
    deepest: Decimal
    benchmark: Decimal | None


def past(values: Sequence[Value]) -> Past | None:
    """Figures of all `values`, in the order of their days; None for fewer than two."""
    if len(values) < 2:
        return None
    peak, trough = deepest_fall(values)
    deepest = values[trough].value / values[peak].value - 1
    first, last = values[0], values[-1]
    beside = None
    if first.benchmark and last.benchmark:
        beside = last.benchmark / first.benchmark - 1
    return Past(first, last, last.value / first.value - 1, deepest, beside)


def deepest_fall(values: Sequence[Value]) -> tuple[int, int]:
    """Places of the peak and of the lowest value after it; the same place where nothing fell."""
    peak, found, deepest = 0, (0, 0), Decimal(0)
    for place, each in enumerate(values):
        if each.value > values[peak].value:
            peak = place
        fall = each.value / values[peak].value - 1
        if fall < deepest:
            found, deepest = (peak, place), fall
    return found


def thinned(values: Sequence[Value], most: int = MOST_POINTS) -> list[Value]:
    """At most about `most` of the values for drawing.

    Kept are first and last, both ends of the deepest fall, and of each stretch its lowest, so
    that no fall looks milder in the drawing than it was.
    """
    if len(values) <= most:
        return list(values)
    step = -(-len(values) // most)
    kept = {0, len(values) - 1, *deepest_fall(values)}
    for start in range(0, len(values), step):
        stretch = range(start, min(start + step, len(values)))
        kept.add(min(stretch, key=lambda index: values[index].value))
    return [values[index] for index in sorted(kept)]
