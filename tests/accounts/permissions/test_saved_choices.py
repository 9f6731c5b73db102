"""Choices of a test are saved as they are made and counted in the end; a pass ages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import TestAttempt
from accounts.permissions.states import AttemptStatus, CaseStatus
from accounts.permissions.use_cases import testing
from accounts.permissions.use_cases.steps import UnableToGoOn
from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.reference.models import Rule
from suitability.profiles import standing_of
from tests.accounts.permissions.factories import ACTOR, AT, a_case, a_trader, pass_test
from tests.reference.factories import make_rule
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
OVER = AT + 20 * MINUTE


def right_answers(attempt: TestAttempt, many: int = 10) -> dict[str, str]:
    right = attempt.bank.right
    return {key: right[key] for key, _options in attempt.drawn[:many]}


@pytest.mark.parametrize(
    ("many", "ends", "way"),
    [
        (8, AttemptStatus.PASSED, CaseStatus.DISCLOSURE),
        (7, AttemptStatus.FAILED, CaseStatus.TEST),
        (0, AttemptStatus.LAPSED, CaseStatus.TEST),
    ],
)
def test_when_the_time_is_over_what_was_saved_counts(many: int, ends: str, way: str):
    case = a_case()
    attempt = testing.begin_attempt(case=case, actor=ACTOR, at=AT)
    for key, option in right_answers(attempt, many).items():
        assert testing.keep_answers(attempt=attempt, answers={key: option}, at=AT + MINUTE)
    for _twice in range(2):
        testing.lapse_attempts(case=case, at=OVER + MINUTE)
    attempt.refresh_from_db()
    case.refresh_from_db()
    assert (attempt.status, attempt.ended_at, case.status) == (ends, OVER, way)
    assert attempt.score == (many * 10 if many else None)
    assert case.test_ref == (attempt.ref if ends == AttemptStatus.PASSED else None)


def test_nothing_is_saved_after_the_time_or_once_it_was_sent_and_no_other_option():
    case = a_case()
    attempt = testing.begin_attempt(case=case, actor=ACTOR, at=AT)
    good = right_answers(attempt)
    assert not testing.keep_answers(attempt=attempt, answers=good, at=OVER)
    key, _options = attempt.drawn[0]
    assert testing.keep_answers(attempt=attempt, answers={key: "zz", "other": "a"}, at=AT)
    attempt.refresh_from_db()
    assert attempt.answers == {}
    testing.answer_test(attempt=attempt, answers={}, actor=ACTOR, at=AT + MINUTE)
    assert not testing.keep_answers(attempt=attempt, answers=good, at=AT + 2 * MINUTE)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.score) == (AttemptStatus.FAILED, 0)


def test_sent_too_late_what_was_saved_counts_and_the_words_say_so():
    case = a_case()
    attempt = testing.begin_attempt(case=case, actor=ACTOR, at=AT)
    testing.keep_answers(attempt=attempt, answers=right_answers(attempt, 1), at=AT + MINUTE)
    with pytest.raises(UnableToGoOn):
        testing.answer_test(
            attempt=attempt, answers=right_answers(attempt), actor=ACTOR, at=OVER + MINUTE
        )


def test_beginning_again_when_what_was_saved_has_passed_draws_no_second_paper():
    case = a_case()
    attempt = testing.begin_attempt(case=case, actor=ACTOR, at=AT)
    testing.keep_answers(attempt=attempt, answers=right_answers(attempt), at=AT + MINUTE)
    again = testing.begin_attempt(case=case, actor=ACTOR, at=OVER + MINUTE)
    assert (again.pk, TestAttempt.objects.count()) == (attempt.pk, 1)
    case.refresh_from_db()
    assert case.status == CaseStatus.DISCLOSURE


def test_the_page_saves_each_choice_shows_it_again_and_has_a_clock():
    now = clock.now()
    customer = a_trader(at=now)
    case = a_case(customer, at=now)
    attempt = testing.begin_attempt(case=case, actor=ACTOR, at=now)
    page = sign_in(Client(headers={"Accept-Language": "en"}), customer.user)
    url = f"{case.get_absolute_url()}test/"
    one = dict(list(right_answers(attempt).items())[:1])
    kept = page.post(url, {"attempt": "1", **one}, headers={"HX-Request": "true"})
    assert kept.status_code == 204
    text = page.get(url).content.decode()
    assert text.count("checked") == 1
    assert 'data-countdown-unit="60"' in text
    assert "Minutes left: 20" in text
    page.post(url, {"attempt": "1", **right_answers(attempt)})
    late = page.post(url, {"attempt": "1", **one}, headers={"HX-Request": "true"})
    assert late.headers["HX-Redirect"] == case.get_absolute_url()


def passes_of(customer: Any, at: Any) -> Any:
    return standing_of(customer, business_date(at)).tests


def test_a_pass_counts_for_the_months_of_the_rule():
    case = a_case()
    pass_test(case)
    year = AT + timedelta(days=365)
    assert passes_of(case.customer, year - timedelta(days=1)) == {"stock_connect": 100}
    assert passes_of(case.customer, year) == {}
    old = Rule.objects.filter(key="accounts.permission_test", valid_from__lt=AT.date())
    old.update(valid_to=AT.date())
    value = {"questions": 10, "minutes": 20, "attempts": 3, "pause_hours": 24, "again_days": 30}
    make_rule(
        AT,
        key="accounts.permission_test",
        value=value | {"counts_months": 1},
        valid_from=AT.date(),
        valid_to=date(2026, 12, 1),
    )
    assert passes_of(case.customer, AT + timedelta(days=30)) == {"stock_connect": 100}
    assert passes_of(case.customer, AT + timedelta(days=31)) == {}


def test_what_was_not_passed_never_turns_into_a_pass():
    case = a_case()
    assert pass_test(case, wrong=3).status == AttemptStatus.FAILED
    assert passes_of(case.customer, AT) == {}
