"""The medians behind "3 steps left, about 2 minutes", from what was measured lately."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import StepForecast, StepMedian, StepTiming
from accounts.rules.medians import against, measured
from accounts.states import Step
from accounts.use_cases.timing import MOST_SECONDS
from brokerage.core.clock import business_date, day_begins
from suitability.models import Assessment

DAYS = 28
NIGHT = timedelta(hours=6)
"""Medians are made in the small hours; those of a day's own night are its promise."""
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


def compare_with_promise(*, at: datetime) -> int:
    """Keep how far off the promises of yesterday were; returns of how many steps.

    Call it before `compute_medians`: the medians that stand were the promises of yesterday. What
    was compared once stays, and a median that is younger than the day promised nothing on it.

    Args:
        at: the instant; its business date is today.
    """
    today = business_date(at)
    day = today - timedelta(days=1)
    begun, ended = (day_begins(each) for each in (day, today))
    promised = StepMedian.objects.filter(computed_at__lte=begun + NIGHT)
    made = 0
    for step, seconds in promised.values_list("step", "seconds"):
        if step == Step.ASSESSMENT:
            rows = Assessment.objects.filter(confirmed_at__gte=begun, confirmed_at__lt=ended)
            times = _seconds(rows)
        else:
            times = _newest(StepTiming.objects.filter(step=step, on=day, assisted=False))
        if not times:
            continue
        found = against(seconds, times)
        _row, fresh = StepForecast.objects.get_or_create(
            step=step,
            on=day,
            defaults={
                "promised": seconds,
                "measured": found.seconds,
                "error": found.error,
                "sample": found.sample,
            },
        )
        made += fresh
    return made


def _timed(step: Step, first: date) -> list[int]:
    return _newest(StepTiming.objects.filter(step=step, on__gte=first, assisted=False))


def _newest(rows: QuerySet[StepTiming]) -> list[int]:
    return list(rows.order_by("-on", "-pk").values_list("seconds", flat=True)[:NEWEST])


def _assessed(at: datetime) -> list[int]:
    """Times of the risk assessment: the paper notes itself when it began and was confirmed."""
    return _seconds(Assessment.objects.filter(confirmed_at__gte=at - timedelta(days=DAYS)))


def _seconds(rows: QuerySet[Assessment]) -> list[int]:
    pairs = rows.order_by("-confirmed_at").values_list("started_at", "confirmed_at")[:NEWEST]
    seconds = [int((end - start).total_seconds()) for start, end in pairs if end]
    return [each for each in seconds if each <= MOST_SECONDS]
