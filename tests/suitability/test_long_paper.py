"""The paper of 20 questions: declarations, contradictions, caps, ended versions, jumps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from brokerage.core.four_eyes import approve
from brokerage.journal.models import Entry
from brokerage.users.models import User
from suitability import profiles
from suitability.content import PERSON, screens
from suitability.letters import clashes, letter
from suitability.models import Assessment, JumpReview, Questionnaire
from suitability.selectors import counting_assessment
from suitability.states import JumpStatus
from suitability.use_cases import (
    AnswersContradict,
    UnableToDecideJump,
    UnableToStart,
    UnableToSubmit,
    VersionEnded,
    answer_question,
    confirm_class,
    decide_jump,
    start_assessment,
    submit_assessment,
)
from tests.customers.factories import a_customer, an_identified_customer
from tests.suitability.factories import (
    ACTOR,
    ANSWERS,
    AT,
    BOLD,
    a_confirmed_assessment,
    an_answered_assessment,
)
from tests.threads import together

pytestmark = pytest.mark.django_db
CAREFUL = ANSWERS | {"goal": ["steady"], "loss": ["under_10"], "practice": ["bonds"]}


def submit(assessment, *, confirmed=(), at=AT):
    return submit_assessment(
        assessment=assessment, language="en", actor=ACTOR, at=at, confirmed=confirmed
    )


def test_the_declaration_is_asked_last_and_without_it_there_is_no_result():
    answers = {key: chosen for key, chosen in ANSWERS.items() if key != "full_capacity"}
    assessment = an_answered_assessment(a_customer(), answers)

    asked = screens(assessment.questionnaire.value)
    assert (len(asked), asked[-1]["key"]) == (21, "full_capacity")
    with pytest.raises(UnableToSubmit):
        submit(assessment)


@pytest.mark.parametrize(
    "answer", [{"full_capacity": ["no"]}, {"loss": ["none"], "goal": ["keep"]}]
)
def test_a_trigger_makes_the_class_the_lowest_and_leaves_the_score(answer):
    plain = an_answered_assessment(a_customer(), BOLD | answer | {"full_capacity": ["yes"]})
    found = submit(an_answered_assessment(a_customer("+8613800138001"), BOLD | answer))

    assert (found.investor_class, found.lowest) == ("C1", True)
    assert found.score == sum(found.reasons["groups"].values()) > 53
    assert letter(found)["grades"] == "R1"
    assert len(letter(found)["lowest_because"]) == 1
    if "full_capacity" in answer:
        assert submit(plain).score == found.score


def test_a_soft_contradiction_is_confirmed_or_there_is_no_result():
    answers = ANSWERS | {"goal": ["keep"], "loss": ["over_50"]}
    assessment = an_answered_assessment(a_customer(), answers)

    (clash,) = clashes(assessment, AT.date())
    assert (clash.rule, clash.hard) == ("safe_with_large_loss", False)
    assert [side.number for side in clash.sides] == [14, 15]
    with pytest.raises(AnswersContradict) as refusal:
        submit(assessment)
    assert [each.rule for each in refusal.value.conflicts] == ["safe_with_large_loss"]
    assert not Assessment.objects.get().is_submitted

    found = submit(assessment, confirmed=["safe_with_large_loss"])
    assert found.is_submitted
    assert len(letter(found)["conflicts"]) == 1


def test_a_hard_contradiction_blocks_whatever_is_confirmed():
    answers = ANSWERS | {"practice": ["nothing", "shares"]}
    assessment = an_answered_assessment(a_customer(), answers)

    assert [clash.hard for clash in clashes(assessment, AT.date())] == [True]
    with pytest.raises(AnswersContradict):
        submit(assessment, confirmed=["nothing_and_practised"])


def test_the_age_is_held_against_the_identity_document():
    answers = ANSWERS | {"age": ["over_60"]}
    assessment = an_answered_assessment(an_identified_customer(), answers)

    (clash,) = clashes(assessment, AT.date())
    assert (clash.rule, len(clash.sides)) == ("age", 2)
    with pytest.raises(AnswersContradict):
        submit(assessment)


def test_what_another_app_knows_is_held_against_the_answers(monkeypatch):
    monkeypatch.setattr(profiles.facts, "_items", {})
    profiles.facts.register(
        "tests", lambda customer, on: {"asked_register": True, "first_trade": date(2025, 9, 1)}
    )
    assessment = an_answered_assessment(a_customer())

    (clash,) = clashes(assessment, AT.date())
    assert (clash.rule, clash.hard) == ("shares_since", False)


def test_a_result_is_computed_again_from_what_is_stored():
    assessment = a_confirmed_assessment(a_customer())
    found = Assessment.objects.get(pk=assessment.pk).decision

    assert found is not None
    assert (found.score, found.investor_class, found.valid_until) == (
        assessment.score,
        assessment.investor_class,
        assessment.valid_until,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT inputs FROM suitability_assessment")
        assert "five_years" not in cursor.fetchone()[0]


def test_another_paper_asks_what_has_changed_and_the_caps_say_when():
    customer = a_customer()
    a_confirmed_assessment(customer)

    with pytest.raises(UnableToStart) as refusal:
        an_answered_assessment(customer)
    assert refusal.value.asks_change
    again = a_confirmed_assessment(customer, changed="新的工作")
    assert again.changed == "新的工作"
    with pytest.raises(UnableToStart, match=r"3.March.2026") as refusal:
        an_answered_assessment(customer, changed="又换了")
    assert not refusal.value.asks_change
    assert an_answered_assessment(customer, changed="又换了", at=AT + timedelta(days=1))


def end_version(on: date) -> Questionnaire:
    """A new version from `on`, with one question whose options are others."""
    old = Questionnaire.objects.get(key=PERSON)
    value = {**old.value, "questions": [dict(each) for each in old.value["questions"]]}
    debt = next(each for each in value["questions"] if each["key"] == "debt")
    debt["options"] = [{**option, "key": f"new_{option['key']}"} for option in debt["options"]]
    new = Questionnaire(
        key=PERSON,
        valid_from=on,
        value=value,
        source="test",
        confidence="P",
        made_by_ref=old.ref,
        made_at=AT,
    )
    new.save()
    with transaction.atomic():
        approve(new, new.ref, AT)
        new.save()
    return new


def test_a_version_that_ends_meanwhile_is_finished_within_its_grace():
    assessment = an_answered_assessment(a_customer())
    old, new = assessment.questionnaire, end_version(date(2026, 3, 4))

    last = AT + timedelta(days=8)  # seven days from 4 March on
    same = start_assessment(customer=assessment.customer, key=PERSON, actor=ACTOR, at=last)
    assert same.questionnaire == old
    late = last + timedelta(days=1)
    with pytest.raises(VersionEnded):
        submit(assessment, at=late)
    moved = start_assessment(customer=assessment.customer, key=PERSON, actor=ACTOR, at=late)
    assert (moved.pk, moved.questionnaire) == (assessment.pk, new)
    assert set(ANSWERS) - set(moved.given) == {"debt"}


def test_a_version_in_its_grace_gives_a_result():
    assessment = an_answered_assessment(a_customer())
    end_version(date(2026, 3, 4))
    assert submit(assessment, at=AT + timedelta(days=8)).is_submitted


def refused(monkeypatch, *days: date) -> None:
    monkeypatch.setattr(profiles.refusals, "_items", {})
    profiles.refusals.register("tests", lambda customer, since: [d for d in days if d >= since])


def a_risen_class(monkeypatch) -> Assessment:
    customer = a_customer()
    a_confirmed_assessment(customer, CAREFUL)
    refused(monkeypatch, date(2026, 3, 5))
    later = AT + timedelta(days=7)
    return a_confirmed_assessment(customer, BOLD, at=later, changed="懂得更多了")


def test_a_class_that_rises_shortly_after_a_refusal_waits_for_a_supervisor(monkeypatch):
    risen = a_risen_class(monkeypatch)

    review = JumpReview.objects.get()
    assert (review.assessment, review.refused_on) == (risen, date(2026, 3, 5))
    assert counting_assessment(risen.customer, date(2026, 3, 9)) == risen  # it stands meanwhile
    officer = User.objects.create_superuser("officer@demo.example", "x" * 12)
    monkeypatch.setattr("brokerage.core.scope.visible", lambda rows, user: rows)
    with pytest.raises(UnableToDecideJump):
        decide_jump(review=review, decision=JumpStatus.TALK, note=" ", officer=officer, at=AT)
    for decision in (JumpStatus.TALK, JumpStatus.ACCEPTED):
        decide_jump(review=review, decision=decision, note="聊过了", officer=officer, at=AT)
    with pytest.raises(UnableToDecideJump):
        decide_jump(review=review, decision=JumpStatus.TALK, note="再聊", officer=officer, at=AT)


def test_a_rise_without_a_refusal_is_no_jump(monkeypatch):
    refused(monkeypatch)
    customer = a_customer()
    a_confirmed_assessment(customer, CAREFUL)
    a_confirmed_assessment(customer, BOLD, changed="懂得更多了")
    assert not JumpReview.objects.exists()


def test_a_class_that_moves_is_told_by_refs_alone(monkeypatch):
    risen = a_risen_class(monkeypatch)

    entries = list(Entry.objects.filter(kind="suitability.class_changed").order_by("pk"))
    assert [bool(entry.payload["before"]) for entry in entries] == [False, True]
    assert entries[1].subject_ref == risen.ref
    assert "C5" not in f"{entries[1].payload} {entries[1].before} {entries[1].after}"


def test_answers_of_a_stranger_version_are_refused():
    assessment = an_answered_assessment(a_customer())
    assessment.keep(assessment.given | {"mood": ["good"]})
    assessment.save(update_fields=["answers"])
    with pytest.raises(UnableToSubmit):
        submit(assessment)


@pytest.mark.django_db(transaction=True)
def test_two_devices_submit_the_same_paper_and_there_is_one_result():
    assessment = an_answered_assessment(a_customer())

    def send():
        try:
            return submit(assessment).submitted_at
        finally:
            connection.close()

    assert set(together(send, times=2)) == {AT}
    assert Entry.objects.filter(kind="suitability.assessment_submitted").count() == 1
    confirm_class(assessment=assessment, actor=ACTOR, at=AT)


def test_an_answer_after_the_paper_was_sent_is_refused():
    from suitability.use_cases import AnswerRefused

    assessment = a_confirmed_assessment(a_customer())
    with pytest.raises(AnswerRefused):
        answer_question(
            assessment=assessment, question_key="debt", chosen=["nothing"], seen=["nothing"], at=AT
        )
