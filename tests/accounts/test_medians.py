"""What a page promises stands on measured times, or is not said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import StepMedian, StepTiming
from accounts.rules.medians import Measured, measured
from accounts.selectors import minutes_left
from accounts.states import Step
from accounts.use_cases.compute_medians import DAYS, compute_medians


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ([], None),
        ([60] * 4, None),
        ([60] * 5, Measured(60, 0, 5)),
        ([10, 20, 30, 40, 500], Measured(30, 102, 5)),
        ([10, 20, 30, 40, 50, 60], Measured(35, 15, 6)),
    ],
)
def test_a_median_needs_five_times_and_says_how_far_off_it_is(times, found):
    assert measured(times) == found


def time(step: Step, seconds: int, at, *, days: int = 0, assisted: bool = False) -> None:
    on = at.date() - timedelta(days=days)
    StepTiming.objects.create(step=step, seconds=seconds, typed=1, assisted=assisted, on=on)


@pytest.mark.django_db
def test_only_late_times_of_customers_count_and_a_lost_median_goes(at):
    for number in range(5):
        time(Step.BANK, 70 + number, at)
        time(Step.BANK, 900, at, days=DAYS + 1)
        time(Step.BANK, 900, at, assisted=True)
    assert compute_medians(at=at) == 1
    assert StepMedian.objects.get().seconds == 72
    assert minutes_left([Step.BANK, Step.SHARING, Step.SEND]) == 1
    assert minutes_left([Step.BANK, Step.TAX]) is None, "nothing is invented"
    compute_medians(at=at + timedelta(days=2 * DAYS))
    assert not StepMedian.objects.exists()
