"""The next version of a paper: drafted, compared, approved by another officer, answered."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from suitability.content import PERSON
from suitability.models import Assessment, PaperDraft, Questionnaire
from suitability.paper_checks import problems_of
from suitability.papers import compared
from suitability.rules.comparing import Kind, differences
from suitability.use_cases import (
    VersionEnded,
    answer_question,
    confirm_class,
    start_assessment,
    submit_assessment,
)
from suitability.use_cases.drafting import (
    UnableToDraft,
    change_draft,
    draft_paper,
    drop_draft,
    propose_paper,
)
from tests.branches.factories import make_staff
from tests.customers.factories import a_customer
from tests.suitability.factories import (
    ACTOR,
    ANSWERS,
    AT,
    an_answered_assessment,
)
from tests.threads import together

pytestmark = pytest.mark.django_db
START = date(2026, 4, 1)


def an_officer():
    return make_staff(Role.COMPLIANCE)


def a_draft(maker=None, *, valid_from: date = START, at: datetime = AT) -> PaperDraft:
    return draft_paper(
        base=Questionnaire.objects.in_force(PERSON, at.date()),
        valid_from=valid_from,
        note="A clearer question on debt",
        maker=maker or an_officer(),
        at=at,
    )


def reword(content):
    content["questions"][2]["text"]["en"] = "Do you owe anybody much money?"


def changed(draft, change=reword, *, editor, at=AT):
    return change_draft(
        draft=draft, part="debt", change=change, seen=draft.content_hash, editor=editor, at=at
    )


def approved(draft, maker, checker, *, at=AT):
    row = propose_paper(draft=draft, valid_from=draft.valid_from, editor=maker, at=at)
    return decide(
        model=Questionnaire, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=at
    )


def test_a_version_is_drafted_approved_by_another_officer_and_replaces_the_old_one():
    maker = an_officer()
    draft = changed(a_draft(maker), editor=maker)
    row = approved(draft, maker, an_officer())

    draft.refresh_from_db()
    assert draft.closed_at == AT
    before = Questionnaire.objects.in_force(PERSON, START - timedelta(days=1))
    assert before.valid_to == START
    assert Questionnaire.objects.in_force(PERSON, START) == row
    assert row.value["questions"][2]["text"]["en"] == "Do you owe anybody much money?"
    assert before.value["questions"][2]["text"]["en"] != row.value["questions"][2]["text"]["en"]


def test_who_wrote_in_a_draft_cannot_approve_it_even_if_another_proposes_it():
    first, second = an_officer(), an_officer()
    draft = changed(a_draft(first), editor=first)
    row = propose_paper(draft=draft, valid_from=START, editor=second, at=AT)
    for checker in (first, second):
        with pytest.raises(FourEyesRefused):
            decide(
                model=Questionnaire,
                ref=row.ref,
                checker=checker,
                decision=Decision.APPROVED,
                at=AT,
            )
    row.refresh_from_db()
    assert row.is_pending
    decide(
        model=Questionnaire,
        ref=row.ref,
        checker=an_officer(),
        decision=Decision.APPROVED,
        at=AT,
    )


def test_the_database_refuses_the_maker_as_checker():
    maker = an_officer()
    row = propose_paper(
        draft=changed(a_draft(maker), editor=maker), valid_from=START, editor=maker, at=AT
    )
    with pytest.raises(IntegrityError, match="maker_is_not_checker"), transaction.atomic():
        Questionnaire.objects.filter(pk=row.pk).update(
            decision="approved", checked_by_ref=maker.ref, checked_at=AT
        )


def test_a_rejected_version_opens_the_draft_again_and_a_second_try_is_approved():
    maker, checker = an_officer(), an_officer()
    draft = changed(a_draft(maker), editor=maker)
    row = propose_paper(draft=draft, valid_from=START, editor=maker, at=AT)
    with pytest.raises(UnableToDraft, match="no longer"):
        changed(draft, lambda content: None, editor=maker)
    decide(
        model=Questionnaire,
        ref=row.ref,
        checker=checker,
        decision=Decision.REJECTED,
        reason="Say whose debt",
        at=AT,
    )
    draft = PaperDraft.objects.get(pk=draft.pk)
    assert draft.is_open
    assert approved(draft, maker, checker).is_approved


def test_only_one_draft_of_a_paper_is_open():
    draft = a_draft()
    with pytest.raises(UnableToDraft, match="already"):
        a_draft()
    drop_draft(draft=draft, editor=an_officer(), at=AT)
    assert a_draft().is_open


def test_what_another_wrote_meanwhile_is_not_overwritten():
    maker, other = an_officer(), an_officer()
    draft = a_draft(maker)
    seen = draft.content_hash
    changed(draft, editor=other)
    with pytest.raises(UnableToDraft, match="meanwhile"):
        change_draft(
            draft=draft, part="income", change=lambda c: None, seen=seen, editor=maker, at=AT
        )


@pytest.mark.parametrize("day", [AT.date(), AT.date() - timedelta(days=1)])
def test_a_version_begins_on_a_day_ahead(day):
    with pytest.raises(UnableToDraft, match="tomorrow"):
        a_draft(valid_from=day)


def break_points(content):
    content["questions"][0]["options"][0]["points"] += 1


def break_text(content):
    content["questions"][0]["text"]["en"] = ""


def break_options(content):
    content["questions"][0]["options"] = content["questions"][0]["options"][:1]


def break_keys(content):
    content["questions"][0]["options"][1]["key"] = content["questions"][0]["options"][0]["key"]


def break_bands(content):
    content["bands"][1]["to"] += 1


def break_group(content):
    content["groups"]["extra"] = {"zh-hans": "更多", "en": "More"}


def break_contradiction(content):
    content["contradictions"].append(
        {"key": "new", "check": "answer", "severity": "hard", "question": "nowhere"}
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (break_points, ""),
        (break_text, "income"),
        (break_options, "income"),
        (break_keys, "income"),
        (break_bands, ""),
        (break_group, ""),
        (break_contradiction, ""),
    ],
)
def test_a_draft_may_be_wrong_but_is_not_proposed_so(change, place):
    maker = an_officer()
    draft = changed(a_draft(maker), change, editor=maker)
    found = problems_of(draft.content)
    assert place in {each.place for each in found}
    with pytest.raises(UnableToDraft):
        propose_paper(draft=draft, valid_from=START, editor=maker, at=AT)
    assert not Questionnaire.objects.pending().filter(key=PERSON).exists()


def test_a_draft_that_changes_nothing_is_not_proposed():
    maker = an_officer()
    with pytest.raises(UnableToDraft, match="Nothing differs"):
        propose_paper(draft=a_draft(maker), valid_from=START, editor=maker, at=AT)


def test_the_shipped_papers_have_no_problem():
    for row in Questionnaire.objects.approved():
        assert problems_of(row.value) == []


def test_an_answered_version_never_changes_and_a_pending_one_is_never_answered():
    open_ = an_answered_assessment(a_customer())
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Questionnaire.objects.filter(pk=open_.questionnaire_id).update(value={})
    maker = an_officer()
    row = propose_paper(
        draft=changed(a_draft(maker), editor=maker), valid_from=START, editor=maker, at=AT
    )
    with pytest.raises(IntegrityError, match="only an approved"), transaction.atomic():
        Assessment.objects.filter(pk=open_.pk).update(questionnaire=row)


def drop_two_answers(content):
    """A new text is another version; an answer that is gone has to be given again."""
    reword(content)
    options = content["questions"][0]["options"]
    content["questions"][0]["options"] = [each for each in options if each["key"] != "wages"]
    options[1]["points"] = 3


def test_a_version_that_ends_while_it_is_answered_has_a_grace_then_what_fits_is_kept():
    maker = an_officer()
    customer = a_customer()
    eve = AT.replace(month=3, day=30)
    open_ = an_answered_assessment(customer, at=eve)
    draft = changed(a_draft(maker), drop_two_answers, editor=maker)
    new = approved(draft, maker, an_officer())
    grace = Questionnaire.objects.of_version(f"{PERSON}@2026-01-01").paper.terms.grace_days

    within = AT.replace(month=4, day=grace)
    assert start_assessment(customer=customer, key=PERSON, actor=ACTOR, at=within) == open_
    after = AT.replace(month=4, day=grace + 1)
    with pytest.raises(VersionEnded):
        submit_assessment(assessment=open_, language="en", actor=ACTOR, at=after)

    moved = start_assessment(customer=customer, key=PERSON, actor=ACTOR, at=after)
    assert moved.pk == open_.pk
    assert moved.questionnaire == new
    assert moved.given == {key: kept for key, kept in ANSWERS.items() if key != "income"}
    answer_question(
        assessment=moved, question_key="income", chosen=["business"], seen=[], at=after
    )
    done = submit_assessment(assessment=moved, language="en", actor=ACTOR, at=after)
    assert confirm_class(assessment=done, actor=ACTOR, at=after).score == 72


def test_the_grace_ends_with_its_last_day():
    maker = an_officer()
    open_ = an_answered_assessment(a_customer(), at=AT)
    approved(changed(a_draft(maker), editor=maker), maker, an_officer())
    last = AT.replace(month=4, day=7)
    assert submit_assessment(assessment=open_, language="en", actor=ACTOR, at=last).is_submitted


@pytest.mark.django_db(transaction=True)
def test_two_officers_approve_at_once_and_one_signature_counts():
    maker = an_officer()
    row = propose_paper(
        draft=changed(a_draft(maker), editor=maker), valid_from=START, editor=maker, at=AT
    )
    officers = [an_officer(), an_officer()]

    def act():
        try:
            decide(
                model=Questionnaire,
                ref=row.ref,
                checker=officers.pop(),
                decision=Decision.APPROVED,
                at=AT,
            )
        except FourEyesRefused:
            return False
        else:
            return True
        finally:
            connection.close()

    assert sorted(together(act, times=2)) == [False, True]
    assert Entry.objects.filter(kind="backoffice.checker_decided").count() == 1


def test_differences_name_the_question_and_the_value():
    before = Questionnaire.objects.in_force(PERSON, AT.date()).value
    after = deepcopy(before)
    after["questions"][2]["options"][1]["points"] = 1
    after["questions"].append(after["questions"].pop(0))
    gone = after["questions"].pop(5)
    after["questions"].insert(0, {**gone, "key": "other"})
    found = {each.key: each for each in differences(before, after)}
    assert found[gone["key"]].kind is Kind.REMOVED
    assert found["other"].kind is Kind.ADDED
    paths = {line.path: (line.before, line.after) for line in found["debt"].lines}
    assert paths[("options", "mortgage", "points")] == ("2", "1")
    assert differences(before, before) == ()
    assert [each.title for each in compared(before, before)] == []
