"""A paper from the first question to the confirmed class, and what it refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from brokerage.journal.models import Entry
from suitability.content import PERSON
from suitability.models import Assessment, Questionnaire
from suitability.selectors import counting_assessment
from suitability.use_cases import (
    AnswerRefused,
    UnableToConfirm,
    UnableToStart,
    UnableToSubmit,
    answer_question,
    confirm_class,
    load_questionnaires,
    start_assessment,
    submit_assessment,
)
from tests.customers.factories import a_customer
from tests.suitability.factories import (
    ACTOR,
    AT,
    a_confirmed_assessment,
    an_answered_assessment,
    an_open_assessment,
)

pytestmark = pytest.mark.django_db


def test_a_confirmed_result_counts_for_two_years_and_not_a_day_longer():
    assessment = a_confirmed_assessment(a_customer())

    assert (assessment.score, assessment.investor_class) == (72, "C4")
    assert assessment.valid_until == date(2028, 3, 2)
    assert counting_assessment(assessment.customer, date(2028, 3, 1)) == assessment
    assert counting_assessment(assessment.customer, date(2028, 3, 2)) is None


def test_a_result_that_nobody_confirmed_does_not_count():
    assessment = an_answered_assessment(a_customer())
    submit_assessment(assessment=assessment, language="en", actor=ACTOR, at=AT)

    assert counting_assessment(assessment.customer, AT.date()) is None


def test_the_class_is_in_no_journal_entry():
    a_confirmed_assessment(a_customer())

    for entry in Entry.objects.filter(kind__startswith="suitability."):
        assert "C4" not in f"{entry.payload} {entry.before} {entry.after}"
        assert entry.rule_version == "natural_person@2026-01-01"


def test_answers_are_sealed_in_the_column_and_open_again():
    assessment = an_answered_assessment(a_customer())

    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM suitability_assessment")
        (raw,) = cursor.fetchone()
    assert "five_years" not in raw
    assert Assessment.objects.get().given["horizon"] == ["five_years"]
    assert assessment.customer.assessments.count() == 1


def test_starting_again_goes_on_with_the_open_paper():
    first = an_open_assessment(a_customer())
    again = start_assessment(customer=first.customer, key=PERSON, actor=ACTOR, at=AT)

    assert again == first
    assert Entry.objects.filter(kind="suitability.assessment_started").count() == 1


def test_a_paper_needs_a_version_in_force():
    with pytest.raises(UnableToStart):
        start_assessment(
            customer=a_customer(), key=PERSON, actor=ACTOR, at=AT - timedelta(days=400)
        )


def answer(assessment, key, chosen, seen=()):
    return answer_question(
        assessment=assessment, question_key=key, chosen=chosen, seen=seen, at=AT
    )


@pytest.mark.parametrize(
    ("key", "chosen"),
    [
        ("loss", []),
        ("loss", ["none", "over_50"]),
        ("loss", ["x"]),
        ("practice", ["bonds", "bonds"]),
        ("mood", ["good"]),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_changes_nothing(key, chosen):
    assessment = an_answered_assessment(a_customer())
    with pytest.raises(AnswerRefused):
        answer(assessment, key, chosen, seen=assessment.given.get(key, []))
    assert Assessment.objects.get().given["loss"] == ["from_10"]


def test_a_page_that_is_out_of_date_overwrites_nothing():
    assessment = an_open_assessment(a_customer())
    answer(assessment, "loss", ["over_50"], seen=[])

    with pytest.raises(AnswerRefused, match=r"设备|device"):
        answer(assessment, "loss", ["none"], seen=[])

    assert Assessment.objects.get().given["loss"] == ["over_50"]


def test_the_same_answer_from_two_devices_is_no_conflict():
    assessment = an_open_assessment(a_customer())
    answer(assessment, "loss", ["over_50"], seen=[])
    answer(assessment, "loss", ["over_50"], seen=[])
    assert Assessment.objects.get().given["loss"] == ["over_50"]


def test_an_unfinished_paper_cannot_be_submitted_or_confirmed():
    assessment = an_open_assessment(a_customer())
    with pytest.raises(UnableToSubmit):
        submit_assessment(assessment=assessment, language="en", actor=ACTOR, at=AT)
    with pytest.raises(UnableToConfirm):
        confirm_class(assessment=assessment, actor=ACTOR, at=AT)


def test_submitting_and_confirming_twice_have_one_effect():
    assessment = a_confirmed_assessment(a_customer())
    later = AT + timedelta(hours=1)
    again = submit_assessment(assessment=assessment, language="en", actor=ACTOR, at=later)
    confirm_class(assessment=assessment, actor=ACTOR, at=later)

    again.refresh_from_db()
    assert (again.submitted_at, again.confirmed_at, again.language) == (AT, AT, "zh-hans")
    assert Entry.objects.filter(kind="suitability.assessment_submitted").count() == 1
    assert Entry.objects.filter(kind="suitability.class_confirmed").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"score": 99},
        {"investor_class": "C5"},
        {"valid_until": date(2040, 1, 1)},
        {"submitted_at": None},
        {"confirmed_at": None},
        {"language": "en"},
    ],
)
def test_the_database_keeps_a_submitted_paper_as_it_is(change):
    assessment = a_confirmed_assessment(a_customer())
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(**change)


def test_the_database_keeps_submitted_papers():
    assessment = a_confirmed_assessment(a_customer())
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        assessment.delete()


def test_answers_that_were_exchanged_show():
    assessment = a_confirmed_assessment(a_customer())
    assert assessment.is_genuine
    assessment.keep({"loss": ["none"]})
    assessment.save()
    assert not Assessment.objects.get().is_genuine


def test_loading_the_papers_again_changes_nothing():
    before = Questionnaire.objects.count()
    load_questionnaires(at=AT, sandbox=True)
    assert Questionnaire.objects.count() == before


def test_an_approved_paper_never_changes():
    with pytest.raises(IntegrityError), transaction.atomic():
        Questionnaire.objects.update(content_hash="0" * 64)


def test_a_customer_has_one_open_paper():
    assessment = an_open_assessment(a_customer())
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(
            customer=assessment.customer, questionnaire=assessment.questionnaire, started_at=AT
        )
