"""Signs of coaching: found by a job, seen by compliance alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from brokerage.core import scope
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from suitability.events import AssessmentSubmitted
from suitability.handlers import look_for_signs
from suitability.models import AnsweringTrace, CoachingFlag
from suitability.rules.coaching import CoachingInputs, find_signs
from suitability.rules.reasons import Code
from suitability.self_check import HalfYear, report
from suitability.shipped import coaching_rules
from suitability.states import CoachingStatus
from suitability.use_cases import coaching, submit_assessment
from suitability.use_cases.coaching import (
    UnableToDecideSigns,
    decide_signs,
    look_for_coaching,
)
from tests.branches.factories import make_staff, make_unit
from tests.customers.factories import a_customer
from tests.suitability.factories import ACTOR, ANSWERS, AT, BOLD, an_answered_assessment
from tests.threads import together
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
SLOWLY = timedelta(minutes=5)


def answered(number, *, answers=None, device="", outlet=None, after=SLOWLY, at=AT):
    """A submitted paper of another customer each."""
    customer = a_customer(f"+86137100{number:05d}")
    if outlet is not None:
        customer.home_outlet_ref = outlet.ref
        customer.save(update_fields=["home_outlet_ref"])
    open_ = an_answered_assessment(customer, answers or ANSWERS, at=at)
    return submit_assessment(
        assessment=open_, language="en", actor=ACTOR, at=at + after, device=device
    )


def codes(flag):
    return {each.code for each in flag.reasons} if flag else set()


def look(assessment):
    return look_for_coaching(assessment=assessment, at=AT + SLOWLY)


def odd(number):
    """Answers that share little with those of another number."""
    ages = ["up_to_30", "from_31", "from_41", "from_51", "over_60"]
    return (BOLD if number % 2 else ANSWERS) | {"age": [ages[number % 5]]}


def test_a_third_person_on_one_device_is_a_sign():
    papers = [answered(n, device="d" * 64) for n in range(3)]
    assert look(papers[0]) is None
    assert look(papers[1]) is None
    assert Code.SAME_DEVICE in codes(look(papers[2]))


def test_four_like_papers_at_one_outlet_are_a_sign_and_elsewhere_they_are_none():
    outlet = make_unit()
    papers = [answered(n, outlet=outlet) for n in range(4)]
    elsewhere = answered(9, outlet=make_unit())
    assert Code.SAME_OUTLET in codes(look(papers[3]))
    assert look(elsewhere) is None


def test_one_answer_of_twenty_one_may_differ_and_is_found_by_its_blocks():
    outlet = make_unit()
    for number, key in enumerate(("income", "describes", "goal")):
        answers = ANSWERS | {
            key: {"income": ["business"], "describes": ["some"], "goal": ["steady"]}[key]
        }
        answered(number, outlet=outlet, answers=answers)
    assert Code.SAME_OUTLET in codes(look(answered(3, outlet=outlet)))


def test_only_papers_that_may_be_near_identical_are_opened():
    other = ANSWERS | {"income": ["business"], "goal": ["steady"]}  # in two blocks
    answered(1, answers=other)
    kept = answered(2, answers=ANSWERS | {"income": ["business"]})
    flag = look(answered(3, after=timedelta(seconds=3)))
    opened = CoachingInputs.from_json(flag.inputs).others
    assert [each.customer for each in opened] == [str(kept.customer.ref)]


def test_of_many_like_papers_the_newest_are_opened(monkeypatch):
    monkeypatch.setattr(coaching, "MOST", 2)
    papers = [answered(number) for number in range(3)]
    flag = look(answered(3, after=timedelta(seconds=3)))
    opened = {each.customer for each in CoachingInputs.from_json(flag.inputs).others}
    assert opened == {str(each.customer.ref) for each in papers[1:]}


def test_ten_like_papers_anywhere_are_a_sign():
    papers = [answered(n) for n in range(10)]
    assert look(papers[8]) is None
    assert codes(look(papers[9])) == {Code.NEAR_IDENTICAL}


def test_who_answers_faster_than_anybody_reads_is_flagged():
    quick = timedelta(seconds=coaching_rules().seconds_a_question * 21 - 1)
    assert codes(look(answered(1, after=quick))) == {Code.TOO_FAST}
    assert look(answered(2, after=quick + timedelta(seconds=1))) is None


def test_papers_of_long_ago_and_ones_own_are_no_sign():
    long_ago = AT - timedelta(days=coaching_rules().days + 1)
    for number in range(2):
        answered(number, device="d" * 64, at=long_ago)
    assert look(answered(5, device="d" * 64)) is None


def test_looking_again_finds_the_same_flag_once_and_names_no_person():
    paper = answered(1, after=timedelta(seconds=3))
    entry = Entry.objects.filter(kind="suitability.assessment_submitted").get()
    event = AssessmentSubmitted(
        subject=paper.ref, customer=paper.customer.ref, language="en", content_hash=""
    )
    for _again in range(2):
        look_for_signs(event, entry)
    flag = CoachingFlag.objects.get()
    told = Entry.objects.filter(kind="suitability.coaching_flagged").get()
    assert str(paper.customer.ref) not in str(told.payload)
    assert str(told.subject_ref) == str(flag.ref)


def test_the_signs_are_found_again_from_what_is_kept():
    for number in range(3):
        paper = answered(number, device="d" * 64)
    flag = look(paper)
    inputs = CoachingInputs.from_json(flag.inputs)
    assert find_signs(inputs, coaching_rules()) == flag.reasons


@pytest.mark.parametrize(
    "role", [Role.BRANCH_MANAGER, Role.ADVISER, Role.HEAD_OFFICE, Role.AUDITOR]
)
def test_nobody_but_compliance_sees_a_flag(role):
    outlet = make_unit()
    flag = look(answered(1, after=timedelta(seconds=3), outlet=outlet))
    person = make_staff(role, outlet)
    assert not scope.visible(CoachingFlag, person).exists()
    client = Client()
    sign_in(client, person)
    assert client.get(f"/admin/suitability/coachingflag/{flag.ref}/change/").status_code == 403
    assert client.get("/admin/suitability/coachingflag/").status_code == 403


def test_compliance_decides_once_with_a_note():
    flag = look(answered(1, after=timedelta(seconds=3)))
    client = Client()
    sign_in(client, make_staff(Role.COMPLIANCE))
    page = f"/admin/suitability/coachingflag/{flag.ref}/"
    assert client.get(f"{page}change/").status_code == 200
    client.post(f"{page}act/followed/", {"note": " "})
    flag.refresh_from_db()
    assert flag.status == CoachingStatus.WAITING
    client.post(f"{page}act/followed/", {"note": "Asked the outlet's supervisor in person"})
    flag.refresh_from_db()
    assert flag.status == CoachingStatus.FOLLOWED
    with pytest.raises(UnableToDecideSigns):
        decide_signs(
            flag=flag,
            decision=CoachingStatus.HARMLESS,
            note="late",
            officer=make_staff(Role.COMPLIANCE),
            at=AT,
        )


def test_the_self_check_counts_the_signs():
    look(answered(1, after=timedelta(seconds=3)))
    parts = {part.title: dict(part.lines) for part in report(HalfYear.of(AT.date()))}
    found = parts["Signs of coaching"]
    assert found["Found"] == 1
    assert found["Still waiting"] == 1


def test_a_trace_is_never_changed():
    paper = answered(1)
    with pytest.raises(DatabaseError), transaction.atomic():
        AnsweringTrace.objects.filter(assessment=paper).update(seconds=9999)


@pytest.mark.django_db(transaction=True)
def test_two_officers_decide_at_once_and_one_of_them_has():
    flag = look(answered(1, after=timedelta(seconds=3)))
    officers = [make_staff(Role.COMPLIANCE) for _each in range(2)]

    def act():
        try:
            decide_signs(
                flag=flag,
                decision=CoachingStatus.HARMLESS,
                note="A family with one tablet",
                officer=officers.pop(),
                at=AT,
            )
        except UnableToDecideSigns:
            return False
        else:
            return True
        finally:
            connection.close()

    assert sorted(together(act, times=2)) == [False, True]
