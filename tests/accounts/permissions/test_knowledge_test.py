"""The test: the same paper for the same attempt, counted once, over when its time is over."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import QuestionBank, TestAttempt
from accounts.permissions import home
from accounts.permissions.banks import bank_at, load_banks
from accounts.permissions.dated import exam_terms
from accounts.permissions.rules import ExamTerms, draw, next_attempt, score
from accounts.permissions.states import AttemptStatus, CaseStatus
from accounts.permissions.tasks import lapse_tests
from accounts.permissions.use_cases import applying, testing
from accounts.permissions.use_cases.steps import UnableToGoOn
from brokerage.backoffice import four_eyes
from brokerage.core import clock
from brokerage.core.four_eyes import Decision, FourEyesRefused
from brokerage.core.roles import Role
from brokerage.core.triggers import ignoring_all_of
from brokerage.reference.loading import BadFile
from suitability.profiles import standing_of
from suitability.rules.permission_rules import Kind
from suitability.selectors.permissions import permissions_on, ways_of
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    a_case,
    a_graded_permission,
    a_trader,
    pass_test,
)
from tests.branches.factories import make_staff, make_unit

BANK: list[dict[str, Any]] = [{"key": f"q{n}", "options": ["a", "b", "c"]} for n in range(12)]
TERMS = ExamTerms(
    "t@1",
    questions=10,
    minutes=20,
    attempts=3,
    pause_hours=24,
    again_days=30,
    counts_months=12,
)


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
    assert standing_of(case.customer, AT.date()).tests == {}, "not known on the day before"
    assert standing_of(case.customer, TUE).tests == {"stock_connect": 80}


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
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        QuestionBank.objects.update(value={"questions": []})


BANK_FILE = """
- key: permission_test.margin
  valid_from: {valid_from}
  source: tests
  confidence: {confidence}
  value:
    questions:
      - key: one
        right: {right}
        certainty: {certainty}
        zh-hans: {{text: 问题, options: {{a: 甲, b: 乙}}}}
        en: {{text: Question, options: {{a: A, {other}: B}}}}
"""
TUE = AT.date() + timedelta(days=1)
ATTEMPT = {
    "number": 1,
    "drawn": [],
    "mark": 80,
    "rule_version": "accounts.permission_test@2026-01-01",
    "begun_at": AT,
    "until": AT + timedelta(minutes=20),
}
GOOD = {
    "valid_from": "2030-01-01",
    "confidence": "M?",
    "right": "a",
    "certainty": "M?",
    "other": "b",
}


@pytest.mark.django_db
def test_shipped_banks_are_complete_and_loading_again_changes_nothing():
    again = load_banks(at=AT, sandbox=True)
    assert (again.added, again.changed, again.waiting) == (0, 0, 0)
    assert all(len(bank.content) >= 12 for bank in QuestionBank.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"right": "c"}, "one of them right"),
        ({"other": "c"}, "one of them right"),
        ({"certainty": "sure"}, "certainty"),
        ({"confidence": "S"}, "no surer"),
    ],
)
def test_a_bank_that_makes_no_fair_test_is_refused(
    tmp_path: Path, wrong: dict[str, str], said: str
):
    (tmp_path / "t.yaml").write_text(BANK_FILE.format(**GOOD | wrong))
    with pytest.raises(BadFile, match=said):
        load_banks(at=AT, sandbox=True, folder=tmp_path)


@pytest.mark.django_db
def test_a_bank_from_memory_is_used_only_once_another_officer_has_signed_it_off(tmp_path: Path):
    QuestionBank.objects.filter(key="permission_test.margin").update(valid_to=TUE)
    (tmp_path / "t.yaml").write_text(BANK_FILE.format(**GOOD | {"valid_from": TUE.isoformat()}))
    assert load_banks(at=AT, sandbox=False, folder=tmp_path).waiting == 1
    later = AT + timedelta(days=2)
    assert bank_at(later, "margin") is None
    waits = QuestionBank.objects.pending().get()
    with pytest.raises(IntegrityError, match="signed off"), transaction.atomic():
        TestAttempt.objects.create(application=a_case(), bank=waits, **ATTEMPT)
    maker, checker = (make_staff(Role.COMPLIANCE, make_unit()) for _each in range(2))
    QuestionBank.objects.filter(pk=waits.pk).update(made_by_ref=maker.ref)
    decide = partial(four_eyes.decide, model=QuestionBank, ref=waits.ref, at=AT)
    with pytest.raises(FourEyesRefused):
        decide(checker=maker, decision=Decision.APPROVED)
    with pytest.raises(IntegrityError, match="maker_is_not_checker"), transaction.atomic():
        QuestionBank.objects.filter(pk=waits.pk).update(
            decision="approved", checked_by_ref=maker.ref, checked_at=AT
        )
    decide(checker=checker, decision=Decision.APPROVED)
    assert bank_at(later, "margin") == waits


@pytest.mark.django_db
def test_without_a_signed_bank_nobody_can_apply_and_the_page_leads_nowhere():
    trader = a_trader()
    a_graded_permission("stock_connect")
    way = ways_of(trader, AT.date(), key="stock_connect")[0]
    with translation.override("en"):
        assert home.entry(trader, way) is not None
        with ignoring_all_of(QuestionBank):
            QuestionBank.objects.all().update(
                decision="pending", checked_by_ref=None, checked_at=None
            )
        assert home.entry(trader, way) is None
    with pytest.raises(applying.UnableToApply):
        a_case(trader)


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
