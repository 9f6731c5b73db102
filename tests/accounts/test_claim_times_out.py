"""An application that its officer did not come to waits for anybody again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts import dated, tasks
from accounts.models import Application
from accounts.review.states import PauseReason
from accounts.states import Status, Verdict
from accounts.use_cases import (
    claim_review,
    pause_review,
    refuse_proposal,
    release_claim,
    resume_review,
)
from brokerage.core import clock
from brokerage.journal.models import Entry
from brokerage.reference.models import Rule
from brokerage.reference.use_cases.load_rules import load_rules
from tests.accounts.factories import a_reviewer, an_application, an_officer

pytestmark = pytest.mark.django_db
LIFE = timedelta(minutes=120)


@pytest.fixture
def now(at: datetime) -> datetime:
    load_rules(dated.FILE, at=at, sandbox=False, model=Rule)
    return clock.now()


def taken(at: datetime, **values: object) -> Application:
    return an_application(Status.REVIEWING, at=at, **values)  # type: ignore[arg-type]


def test_after_the_time_anybody_may_take_it(now: datetime) -> None:
    application = taken(now - LIFE - timedelta(minutes=1))
    first = application.claimed_by

    tasks.release_claims(0)

    application.refresh_from_db()
    assert (application.status, application.claimed_by) == (Status.SUBMITTED, None)
    entry = Entry.objects.get(kind="accounts.review_released")
    assert entry.rule_version == "accounts.claim_minutes@2020-01-01"
    again = claim_review(application=application, officer=an_officer(application.outlet), at=now)
    assert again.claimed_by not in (None, first)


def test_before_it_nothing_happens(now: datetime) -> None:
    application = taken(now - LIFE + timedelta(minutes=1))
    tasks.release_claims(0)
    application.refresh_from_db()
    assert application.status == Status.REVIEWING


def test_a_proposal_waits_for_its_second_person_as_long_as_it_takes(now: datetime) -> None:
    application = taken(now - LIFE * 3, proposed=Verdict.APPROVE)
    tasks.release_claims(0)
    application.refresh_from_db()
    assert application.status == Status.REVIEWING


def test_who_was_quicker_than_the_clock_keeps_it(now: datetime) -> None:
    seen = taken(now - LIFE * 2)
    Application.objects.filter(pk=seen.pk).update(stage_since=now, hands_since=now)
    assert (
        release_claim(application=seen, taken_before=now - LIFE, rule_version="", at=now) is None
    )


def test_after_a_pause_the_reviewer_has_the_whole_time_again(now: datetime) -> None:
    application = taken(now - LIFE * 3)
    officer = application.claimed_by
    assert officer is not None
    pause_review(
        application=application, officer=officer, reason=PauseReason.OUTSIDE, at=now - LIFE * 2
    )
    tasks.release_claims(0)
    resume_review(application=application, officer=officer, at=now - timedelta(minutes=1))
    tasks.release_claims(0)
    application.refresh_from_db()
    assert (application.status, application.claimed_by) == (Status.REVIEWING, officer)


def test_after_the_second_person_disagreed_the_reviewer_has_it_again(now: datetime) -> None:
    application = taken(now - LIFE * 3, proposed=Verdict.APPROVE)
    second = a_reviewer()
    refuse_proposal(
        application=application, officer=second, reason="x", at=now - timedelta(minutes=1)
    )
    tasks.release_claims(0)
    application.refresh_from_db()
    assert application.status == Status.REVIEWING
    Application.objects.update(hands_since=now - LIFE * 2)
    tasks.release_claims(0)
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
