"""The test: the same paper for the same attempt, counted once, over when its time is over."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import QuestionBank, TestAttempt
from accounts.permissions.banks import BadBank, bank_at, load_banks
from accounts.permissions.dated import exam_terms
from accounts.permissions.rules import ExamTerms, draw, next_attempt, score
from accounts.permissions.states import AttemptStatus, CaseStatus
from accounts.permissions.tasks import lapse_tests
from accounts.permissions.use_cases import applying, testing
from accounts.permissions.use_cases.steps import UnableToGoOn
from brokerage.core import clock
from suitability.profiles import standing_of
from suitability.rules.permission_rules import Kind
from suitability.selectors.permissions import permissions_on
from tests.accounts.permissions.factories import ACTOR, AT, a_case, pass_test

BANK: list[dict[str, Any]] = [{"key": f"q{n}", "options": ["a", "b", "c"]} for n in range(12)]
TERMS = ExamTerms("t@1", questions=10, minutes=20, attempts=3, pause_hours=24, again_days=30)


@given(seed=st.text(), many=st.integers(1, 20))
def test_a_paper_is_drawn_without_repetition_and_the_same_for_the_same_seed(seed: str, many: int):
    drawn = draw(BANK, many=many, seed=seed)
    assert drawn == draw(BANK, many=many, seed=seed)
    keys = [key for key, _options in drawn]
    assert len(keys) == len(set(keys)) == min(many, 12)
    assert all(sorted(options) == ["a", "b", "c"] for _key, options in drawn)


def test_orders_differ_between_attempts():
    assert len({str(draw(BANK, many=10, seed=str(n))) for n in range(20)}) == 20


def test_the_score_counts_drawn_questions_alone():
    drawn = draw(BANK, many=3, seed="x")
    right = {each["key"]: "a" for each in BANK}
    assert score(drawn, right, {each["key"]: "a" for each in BANK}) == 100
    assert score(drawn, right, {drawn[0][0]: "a", drawn[1][0]: "b", "other": "a"}) == 33
    assert score(drawn, right, {}) == 0


def test_pauses_and_attempts_follow_the_rule():
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert next_attempt([], TERMS, AT) is None
    assert next_attempt([AT - hour], TERMS, AT) == AT + 23 * hour
    assert next_attempt([AT - day], TERMS, AT) is None
    three = [AT - 9 * day, AT - 5 * day, AT - 2 * day]
    assert next_attempt(three, TERMS, AT) == AT + 21 * day
    assert next_attempt([AT - 31 * day, *three[1:]], TERMS, AT) is None


@pytest.mark.django_db
def test_whoever_fails_waits_and_the_way_stays_open():
    case = a_case()
    attempt = pass_test(case, wrong=3)
    assert (attempt.status, attempt.score) == (AttemptStatus.FAILED, 70)
    case.refresh_from_db()
    assert case.status == CaseStatus.TEST
    with pytest.raises(UnableToGoOn):
        testing.begin_attempt(case=case, actor=ACTOR, at=AT + timedelta(hours=23))
    assert pass_test(case, wrong=2, at=AT + timedelta(hours=24)).status == AttemptStatus.PASSED
    case.refresh_from_db()
    assert case.status == CaseStatus.DISCLOSURE
    assert standing_of(case.customer, AT.date()).tests == {"stock_connect": 80}


@pytest.mark.django_db
def test_applying_anew_gives_no_further_attempt():
    case = a_case()
    pass_test(case, wrong=9)
    applying.withdraw(case=case, actor=ACTOR, at=AT)
    again = a_case(case.customer)
    with pytest.raises(UnableToGoOn):
        testing.begin_attempt(case=again, actor=ACTOR, at=AT + timedelta(hours=1))


@pytest.mark.django_db
def test_sent_twice_it_is_counted_once():
    case = a_case()
    attempt = pass_test(case, wrong=9)
    right = attempt.bank.right
    with pytest.raises(UnableToGoOn, match="before"):
        testing.answer_test(attempt=attempt, answers=right, actor=ACTOR, at=AT)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.score) == (AttemptStatus.FAILED, 10)
    assert TestAttempt.objects.count() == 1


@pytest.mark.django_db
def test_after_its_time_it_lapses_and_answers_count_for_nothing():
    case = a_case()
    attempt = testing.begin_attempt(case=case, actor=ACTOR, at=AT)
    late = AT + timedelta(minutes=20)
    for _each in range(2):
        with pytest.raises(UnableToGoOn, match="time was over"):
            testing.answer_test(attempt=attempt, answers=attempt.bank.right, actor=ACTOR, at=late)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.score, attempt.ended_at) == ("lapsed", None, late)
    with pytest.raises(UnableToGoOn):
        testing.begin_attempt(case=case, actor=ACTOR, at=late + timedelta(hours=1))


@pytest.mark.django_db
def test_the_worker_ends_attempts_that_nobody_sends(monkeypatch: pytest.MonkeyPatch):
    attempt = testing.begin_attempt(case=a_case(), actor=ACTOR, at=AT)
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(minutes=21))
    lapse_tests(0)
    lapse_tests(0)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_at) == ("lapsed", attempt.until)


@pytest.mark.django_db
def test_beginning_again_gives_the_attempt_that_is_under_way():
    case = a_case()
    first = testing.begin_attempt(case=case, actor=ACTOR, at=AT)
    assert testing.begin_attempt(case=case, actor=ACTOR, at=AT + timedelta(minutes=5)) == first
    drawn = draw(first.bank.content, many=10, seed=str(first.ref))
    first.refresh_from_db()
    assert first.drawn == [[key, options] for key, options in drawn]


@pytest.mark.django_db
def test_the_database_knows_what_passed():
    attempt = pass_test(a_case(), wrong=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        TestAttempt.objects.filter(pk=attempt.pk).update(status=AttemptStatus.PASSED)
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        QuestionBank.objects.update(content=[])


WRONG = """
key: t
valid_from: 2026-01-01
questions:
  - key: one
    right: {right}
    certainty: {certainty}
    zh-hans: {{text: 问题, options: {{a: 甲, b: 乙}}}}
    en: {{text: Question, options: {{a: A, {other}: B}}}}
"""


@pytest.mark.django_db
def test_shipped_banks_are_complete_and_a_change_is_a_new_version(tmp_path: Path):
    assert load_banks(at=AT) == 0, "loaded after the migration"
    assert all(len(bank.content) >= 12 for bank in QuestionBank.objects.all())
    file = tmp_path / "t.yaml"
    for right, other in (("c", "b"), ("a", "c")):
        file.write_text(WRONG.format(right=right, other=other, certainty="M"))
        with pytest.raises(BadBank, match="one right"):
            load_banks(at=AT, folder=tmp_path)
    file.write_text(WRONG.format(right="a", other="b", certainty="sure"))
    with pytest.raises(BadBank, match="certainty"):
        load_banks(at=AT, folder=tmp_path)
    for version, right in ((1, "a"), (2, "b")):
        file.write_text(WRONG.format(right=right, other="b", certainty="M?"))
        assert load_banks(at=AT, folder=tmp_path) == 1
        assert QuestionBank.objects.filter(key="t", version=version).exists()


@pytest.mark.django_db
def test_every_permission_whose_rule_asks_for_a_test_has_its_bank_and_more_than_is_drawn():
    wanted = {
        each.test
        for permission in permissions_on(AT.date())
        for each in (*permission.rule.persons, *permission.rule.organisations)
        if each.kind is Kind.TEST
    }
    assert wanted == {"stock_connect", "margin", "options_1", "options_2", "options_3"}
    drawn = exam_terms(AT.date()).questions
    for key in wanted:
        bank = bank_at(AT, key)
        assert bank is not None
        assert len(bank.content) > drawn >= 10, "two papers differ in more than their order"
        places = Counter(bank.right.values())
        assert max(places.values()) <= len(bank.content) / 2, "no letter is the answer"
        for each in bank.content:
            for language in ("zh-hans", "en"):
                said = each["texts"][language]["options"]
                assert len(set(said.values())) == len(said) >= 3, "no two options say the same"
