"""What pages promise of the time of steps, beside what it was: for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Sum

from accounts.models import StepForecast, StepMedian
from accounts.states import Step


@dataclass(frozen=True)
class StepTimes:
    """One step.

    Attributes:
        step: which.
        median: seconds that pages promise now; None while too few were measured.
        sample: measured times behind the median.
        promised: seconds that were promised in the days asked for, as a mean over what came.
        measured: seconds that it took, the same mean of each day's median.
        error: mean distance of a time from its promise, in seconds.
        compared: times that a promise was compared with.
    """

    step: Step
    median: int | None = None
    sample: int = 0
    promised: int | None = None
    measured: int | None = None
    error: int | None = None
    compared: int = 0

    @property
    def label(self) -> str:
        return str(self.step.label)


def step_times(*, first: date, end: date) -> list[StepTimes]:
    """Each step with a median or a comparison from `first` up to, not including, `end`.

    Two queries. The figures of a day weigh by how many times were measured on it.
    """
    medians = {row.step: row for row in StepMedian.objects.all()}
    weighed: Any = {name: Sum(F(name) * F("sample")) for name in ("promised", "measured", "error")}
    rows = StepForecast.objects.filter(on__gte=first, on__lt=end).values("step")
    days: dict[str, Any] = {
        row["step"]: row for row in rows.annotate(compared=Sum("sample"), **weighed)
    }
    found = []
    for step in Step:
        median, over = medians.get(step), days.get(step)
        if median is None and over is None:
            continue
        means = {name: round(over[name] / over["compared"]) for name in weighed} if over else {}
        found.append(
            StepTimes(
                step,
                median=median.seconds if median else None,
                sample=median.sample if median else 0,
                compared=over["compared"] if over else 0,
                **means,
            )
        )
    return found
