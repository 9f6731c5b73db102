"""What is missing, and by when we answer: pure functions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.rules import Facts, missing, promise, steps
from accounts.states import Step

NOTHING = Facts(done=frozenset())
ALL = frozenset(Step) - {Step.SEND}


def weekday(day: date) -> bool:
    return day.weekday() < 5


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour - 8, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "promised"),
    [
        (shanghai(2, 10), shanghai(2, 12)),
        (shanghai(2, 15), shanghai(2, 17)),
        (shanghai(2, 16, 30), shanghai(3, 10, 30)),
        (shanghai(2, 17), shanghai(3, 11)),
        (shanghai(2, 22), shanghai(3, 11)),
        (shanghai(2, 8), shanghai(2, 11)),
        (shanghai(6, 16, 30), shanghai(9, 10, 30)),
        (shanghai(7, 12), shanghai(9, 11)),
    ],
)
def test_two_hours_of_desk_time_within_working_days(sent, promised):
    assert promise(sent, 120, weekday) == promised


def test_a_long_review_runs_over_several_days():
    assert promise(shanghai(2, 9), 8 * 60 * 3, weekday) == shanghai(4, 17)


def test_the_steps_of_somebody_whom_nobody_sent():
    assert missing(NOTHING) == [step for step in Step if step not in (Step.SHARING, Step.SEND)]
    assert [step for step, _done in steps(NOTHING)][-1] == Step.SEND


def test_somebody_sent_by_an_institution_answers_about_sharing():
    assert missing(Facts(done=ALL - {Step.SHARING}, asks_about_sharing=True)) == [Step.SHARING]


def test_nothing_is_missing_when_all_is_done():
    assert missing(Facts(done=ALL)) == []
