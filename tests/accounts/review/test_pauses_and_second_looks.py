"""A promise on hold keeps its minutes; a second look knows nothing of the first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import BlindReview, Pause
from accounts.review.rates import disagreement
from accounts.review.states import PauseReason
from accounts.rules import minutes_left, promise
from accounts.states import Status, Verdict
from accounts.use_cases import (
    UnableToLook,
    UnableToReview,
    answer_second_look,
    draw_second_look,
    pause_review,
    propose_verdict,
    resume_review,
    withdraw_application,
)
from brokerage.core.clock import SHANGHAI
from tests.accounts.factories import ACTOR, AT, a_reviewer, an_application


def weekday(day: date) -> bool:
    return day.weekday() < 5


@given(st.integers(0, 365 * 24 * 60), st.integers(1, 2000))
def test_minutes_left_is_the_reverse_of_the_promise(later: int, minutes: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=later)
    assert minutes_left(at, promise(at, minutes, weekday), weekday) == minutes


@pytest.mark.django_db
def test_a_promise_on_hold_goes_on_with_what_was_left() -> None:
    officer = a_reviewer()
    row = an_application(Status.REVIEWING, officer=officer)
    promised = row.promised_at
    half = AT + timedelta(minutes=30)
    row = pause_review(application=row, officer=officer, reason=PauseReason.OUTSIDE, at=half)
    assert row.on_hold
    with pytest.raises(UnableToReview):
        propose_verdict(application=row, officer=officer, verdict=Verdict.APPROVE, at=half)
    with pytest.raises(UnableToReview):
        resume_review(application=row, officer=a_reviewer(), at=half)
    row = resume_review(application=row, officer=officer, at=half + timedelta(minutes=20))
    assert promised is not None
    assert row.promised_at == promised + timedelta(minutes=20)
    assert row.on_hold == ""
    assert Pause.objects.get().minutes_left == 90


@pytest.mark.django_db
def test_who_withdraws_ends_the_pause() -> None:
    officer = a_reviewer()
    row = an_application(Status.REVIEWING, officer=officer)
    row = pause_review(application=row, officer=officer, reason=PauseReason.OUTLET, at=AT)
    row = withdraw_application(application=row, actor=ACTOR, at=AT)
    assert (row.status, row.paused) == (Status.WITHDRAWN, "")
    assert Pause.objects.get().ended_at == AT


@pytest.mark.django_db
def test_a_second_look_is_drawn_once_answered_once_and_by_somebody_else() -> None:
    first, second, third = a_reviewer(), a_reviewer(), a_reviewer()
    done = an_application(Status.APPROVED, officer=first, reviewer=second)
    assert draw_second_look(application=done, at=AT, draw=50) is None
    look = draw_second_look(application=done, at=AT, draw=49)
    assert look is not None
    assert draw_second_look(application=done, at=AT, draw=0) == look
    for involved in (first, second):
        with pytest.raises(UnableToLook):
            answer_second_look(
                look=look, reviewer=involved, verdict=Verdict.APPROVE, note="", at=AT
            )
    said = answer_second_look(
        look=look, reviewer=third, verdict=Verdict.REJECT, note="照片不清楚", at=AT
    )
    assert said.agrees is False
    with pytest.raises(UnableToLook):
        answer_second_look(look=look, reviewer=third, verdict=Verdict.APPROVE, note="", at=AT)
    people = disagreement(since=AT - timedelta(days=90))[1]
    assert (people.looks, people.disagree, people.percent) == (1, 1, 100.0)


@pytest.mark.django_db
def test_the_database_keeps_who_decided_from_looking_again() -> None:
    second = a_reviewer()
    done = an_application(Status.APPROVED, reviewer=second)
    look = draw_second_look(application=done, at=AT, draw=0)
    assert look is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        BlindReview.objects.filter(pk=look.pk).update(
            status="answered", reviewer=second, verdict="approve", answered_at=AT, agrees=True
        )
