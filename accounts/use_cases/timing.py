"""How long a step took, for the medians behind "about 2 minutes"."""

from __future__ import annotations

from datetime import datetime

from accounts.models import StepTiming
from accounts.states import Step
from brokerage.core.clock import business_date

MOST_SECONDS = 3600


def measure(
    step: Step, *, since: datetime, at: datetime, typed: int = 0, assisted: bool = False
) -> None:
    """Keep the time of a finished step, as `time_of` takes it."""
    if timed := time_of(step, since=since, at=at, typed=typed, assisted=assisted):
        timed.save()


def time_of(
    step: Step, *, since: datetime, at: datetime, typed: int = 0, assisted: bool = False
) -> StepTiming | None:
    """The time of a finished step; a page that lay open over lunch measures nothing.

    Args:
        step: which.
        since: when its page was first seen.
        at: when it was finished.
        typed: fields that somebody filled in.
        assisted: whether staff did it.

    Returns:
        A row that is not saved yet.
    """
    seconds = int((at - since).total_seconds())
    if not 0 <= seconds <= MOST_SECONDS:
        return None
    return StepTiming(
        step=step, seconds=seconds, typed=typed, assisted=assisted, on=business_date(at)
    )
