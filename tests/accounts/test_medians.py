"""What a page promises stands on measured times, or is not said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import StepForecast, StepMedian, StepTiming
from accounts.review.medians import step_times
from accounts.rules.medians import Measured, against, measured
from accounts.selectors import minutes_left
from accounts.states import Step
from accounts.use_cases.compute_medians import DAYS, compare_with_promise, compute_medians
from brokerage.core.clock import business_date


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


def test_a_promise_is_held_against_what_came():
    assert against(60, [30, 90, 100]) == Measured(90, 33, 3)


@pytest.mark.django_db
def test_each_day_is_compared_once_with_the_promise_that_stood_before_it(at):
    night = at.replace(hour=18, minute=50)  # 02:50 in Shanghai, the next day has begun
    for _number in range(5):
        time(Step.BANK, 70, at)
    compute_medians(at=night)
    day = business_date(night)
    StepTiming.objects.create(step=Step.BANK, seconds=100, typed=1, on=day)
    StepTiming.objects.create(step=Step.BANK, seconds=500, typed=1, on=day, assisted=True)
    StepTiming.objects.create(step=Step.TAX, seconds=9, typed=1, on=day)
    after = night + timedelta(days=1)
    assert compare_with_promise(at=after) == 1, "without a promise there is nothing to compare"
    compute_medians(at=after)
    assert compare_with_promise(at=after) == 0
    row = StepForecast.objects.get()
    assert (row.promised, row.measured, row.error, row.sample) == (70, 100, 30, 1)
    (line,) = step_times(first=day, end=day + timedelta(days=1))
    assert (line.step, line.promised, line.measured, line.error) == (Step.BANK, 70, 100, 30)
    (line,) = step_times(first=day + timedelta(days=1), end=day + timedelta(days=2))
    assert (line.compared, line.error) == (0, None)


@pytest.mark.django_db
def test_a_median_made_later_on_the_day_promised_nothing_on_it(at):
    for _number in range(5):
        time(Step.BANK, 70, at)
    compute_medians(at=at)  # in the middle of the day
    assert compare_with_promise(at=at + timedelta(days=1)) == 0
