"""What many measured times promise for the next one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

LEAST = 5
"""With fewer times there is no promise: a page says nothing rather than something invented."""


@dataclass(frozen=True)
class Measured:
    """A median and how far off it is.

    Attributes:
        seconds: the median.
        error: mean distance of a real time from it, in seconds.
        sample: how many times it stands on.
    """

    seconds: int
    error: int
    sample: int


def measured(times: Sequence[int]) -> Measured | None:
    """The median of `times` (seconds); None where there are fewer than LEAST."""
    if len(times) < LEAST:
        return None
    middle = median(times)
    error = fmean(abs(each - middle) for each in times)
    return Measured(seconds=round(middle), error=round(error), sample=len(times))


def against(promised: int, times: Sequence[int]) -> Measured:
    """How a promise stood against what came: the median of `times`, and how far off it was.

    Args:
        promised: seconds that pages said.
        times: seconds that were measured; at least one.
    """
    error = fmean(abs(each - promised) for each in times)
    return Measured(seconds=round(median(times)), error=round(error), sample=len(times))
