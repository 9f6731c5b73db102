"""An inspector reads every kind of kept decision, in both languages; every kind is replayed."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from suitability.inspecting import KINDS, tell
from suitability.models import Assessment, ItemGrade
from suitability.replaying import assessment_differences, grade_differences
from suitability.use_cases.insisting import confirm_insisting
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer
from tests.records import RECORDS
from tests.suitability.factories import ACTOR, AT
from tests.suitability.outlets import PAUSE, Outlet

pytestmark = pytest.mark.django_db


def told(row: Any, language: str) -> str:
    out = StringIO()
    call_command("explain_decision", str(row.ref), language=language, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("label", sorted(model._meta.label for model in KINDS))
def test_every_kind_is_told_in_both_languages(label: str) -> None:
    row = RECORDS[label](make_unit(), a_customer("+8613900671001").user)
    chinese, english = told(row, "zh-hans"), told(row, "en")
    assert str(row.ref) in chinese
    assert str(row.ref) in english
    assert chinese.splitlines()[0] != english.splitlines()[0]
    assert len(english.splitlines()) > 2


def test_a_wish_at_an_outlet_is_told_with_its_recording() -> None:
    outlet = Outlet()
    case = outlet.acknowledged()
    recording = outlet.checked(outlet.whole(outlet.begun(case.record)))
    done = confirm_insisting(case=case, actor=ACTOR, at=AT + PAUSE)
    text = told(done, "en")
    for expected in (case.warning, str(recording.ref), "at an outlet", '"passed":true'):
        assert expected in text
    chapter = recording.chapters.all()[0]
    assert chapter.file_sha256 in "\n".join(tell(recording.ref))


def test_an_unknown_number_is_said() -> None:
    for ref in ("nothing", "8d1c2f64-9a53-4b0e-8f57-0a5e1c1d2b3a"):
        with pytest.raises(CommandError, match="no decision"):
            call_command("explain_decision", ref)


def test_papers_and_grades_are_replayed_and_a_changed_one_is_found() -> None:
    Outlet().decision()
    papers, grades = Assessment.objects.all(), ItemGrade.objects.all()
    assert list(assessment_differences(papers)) == list(grade_differences(grades)) == []
    paper, grade = papers[0], grades[0]
    paper.score = 71
    grade.inputs = grade.inputs.replace("option_writing", "money_fund")
    assert [each.why for each in assessment_differences([paper])] == ["another result"]
    assert [each.why for each in grade_differences([grade])] == ["another grade"]
