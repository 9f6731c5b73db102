"""The medians behind "3 steps left, about 2 minutes", from what was measured lately."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import StepMedian, StepTiming
from accounts.rules.medians import measured
from accounts.states import Step
from accounts.use_cases.timing import MOST_SECONDS
from brokerage.core.clock import business_date
from suitability.models import Assessment

DAYS = 28
NEWEST = 5_000
"""Times of a step that count: enough for a median, and never a whole table."""


def compute_medians(*, at: datetime) -> int:
    """Compute the median of each step anew; returns how many steps have one.

    Args:
        at: the instant; times of the DAYS before count, those of staff do not.
    """
    first = business_date(at) - timedelta(days=DAYS)
    made = 0
    with transaction.atomic():
        for step in Step:
            times = _assessed(at) if step == Step.ASSESSMENT else _timed(step, first)
            found = measured(times)
            if found is None:
                StepMedian.objects.filter(step=step).delete()
                continue
            StepMedian.objects.update_or_create(
                step=step,
                defaults={
                    "seconds": found.seconds,
                    "error": found.error,
                    "sample": found.sample,
                    "computed_at": at,
                },
            )
            made += 1
    return made


def _timed(step: Step, first: object) -> list[int]:
    rows = StepTiming.objects.filter(step=step, on__gte=first, assisted=False)
    return list(rows.order_by("-on", "-pk").values_list("seconds", flat=True)[:NEWEST])


def _assessed(at: datetime) -> list[int]:
    """Times of the risk assessment: the paper notes itself when it began and was confirmed."""
    rows = Assessment.objects.filter(confirmed_at__gte=at - timedelta(days=DAYS))
    pairs = rows.order_by("-confirmed_at").values_list("started_at", "confirmed_at")[:NEWEST]
    seconds = [int((end - start).total_seconds()) for start, end in pairs if end]
    return [each for each in seconds if each <= MOST_SECONDS]
