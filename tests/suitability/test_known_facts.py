"""What the apps tell of a person reaches the paper: income, education, refusals."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts import known_facts
from accounts.models import PermissionApplication, Section
from accounts.states import SectionStatus, Step
from accounts.terms import Education, Income
from suitability.letters import clashes
from suitability.models import JumpReview, Questionnaire
from suitability.profiles import profile_of, refused_since
from suitability.rules.paper_terms import Check
from suitability.use_cases import submit_assessment
from suitability.use_cases.submit_assessment import AnswersContradict
from tests.accounts.answers import PROFILE, save
from tests.accounts.factories import a_draft
from tests.accounts.permissions.records import a_permission_case
from tests.customers.factories import a_customer
from tests.suitability.factories import (
    ACTOR,
    ANSWERS,
    AT,
    BOLD,
    a_confirmed_assessment,
)
from tests.suitability.factories import an_answered_assessment as answered
from tests.suitability.matching import a_decision, a_graded_item

pytestmark = pytest.mark.django_db
TODAY = AT.date()
RICH = ANSWERS | {"assets": ["from_10m"]}
CAREFUL = ANSWERS | {"goal": ["steady"], "loss": ["under_10"], "practice": ["bonds"]}


def an_applicant(income: str):
    application = a_draft()
    save(application, Step.PROFILE, PROFILE | {"income": income}, at=AT)
    return application.customer


@pytest.mark.parametrize(
    ("income", "most"),
    [
        (Income.UNDER_100K, Decimal(100_000)),
        (Income.FROM_100K, Decimal(300_000)),
        (Income.FROM_300K, Decimal(500_000)),
        (Income.FROM_500K, None),
    ],
)
def test_a_stated_range_of_income_counts_with_its_upper_end(income, most):
    assert profile_of(an_applicant(income), TODAY).yearly_income == most


def test_every_range_but_the_open_one_has_an_upper_end():
    assert set(Income) - set(known_facts.MOST) == {Income.FROM_500K}


def test_assets_that_no_such_income_explains_are_asked_about():
    (clash,) = clashes(answered(an_applicant("under_100k"), RICH), TODAY)
    assert (clash.rule, clash.hard) == ("income", False)
    assert len(clash.sides) == 2


def test_a_step_that_is_not_answered_in_full_tells_nothing():
    customer = an_applicant("under_100k")
    Section.objects.filter(step=Step.PROFILE).update(status=SectionStatus.INCOMPLETE)
    assert profile_of(customer, TODAY).yearly_income is None
    assert clashes(answered(customer, RICH), TODAY) == []


def test_another_persons_income_tells_nothing():
    an_applicant("under_100k")
    assert profile_of(a_customer("+8613900990001"), TODAY).yearly_income is None


@pytest.mark.parametrize(
    ("first", "asked", "found"),
    [
        (TODAY - timedelta(days=365), AT, ["shares_since"]),
        (TODAY - timedelta(days=1000), AT, []),
        (None, AT, ["shares_since"]),
        (None, AT - timedelta(days=31), []),
        (None, None, []),
    ],
)
def test_experience_is_held_against_the_first_trade_that_the_depository_told(first, asked, found):
    customer = a_customer()
    a_permission_case(customer)
    PermissionApplication.objects.update(first_trade=first, first_trade_asked_at=asked)
    assert [each.rule for each in clashes(answered(customer), TODAY)] == found


def test_a_decision_for_want_of_a_class_makes_a_risen_class_wait_for_a_supervisor():
    customer = a_customer()
    a_confirmed_assessment(customer, CAREFUL)
    record = a_decision(customer, a_graded_item("R5"))

    assert refused_since(customer, TODAY) == (record.decided_on,)
    assert refused_since(customer, TODAY + timedelta(days=1)) == ()
    risen = a_confirmed_assessment(customer, BOLD, at=AT + timedelta(days=7), changed="懂得更多了")
    review = JumpReview.objects.get()
    assert (review.assessment, review.refused_on) == (risen, record.decided_on)


def test_a_refusal_for_another_reason_is_no_reason_to_look():
    customer = a_customer()
    a_decision(customer, a_graded_item("R1"))  # no assessment: refused, but no class was too low
    assert refused_since(customer, TODAY) == ()


def stated(education: str):
    """A customer who gave this as their highest education when they applied."""
    application = a_draft()
    save(application, Step.PROFILE, PROFILE | {"education": education}, at=AT)
    return application.customer


def test_the_education_of_the_application_is_held_against_the_answer():
    customer = stated("college")
    assert profile_of(customer, TODAY).education == "college"
    (clash,) = clashes(answered(customer), TODAY)
    assert (clash.rule, clash.hard) == ("degree", False)
    assert len(clash.sides) == 2


def test_a_contradiction_of_degrees_is_asked_about_and_can_be_confirmed():
    paper = answered(stated("master"))
    sent: dict[str, Any] = {"assessment": paper, "language": "zh-hans", "actor": ACTOR, "at": AT}
    with pytest.raises(AnswersContradict):
        submit_assessment(**sent)
    assert submit_assessment(**sent, confirmed=["degree"]).investor_class


@pytest.mark.parametrize("education", Education.values)
def test_every_education_of_the_form_agrees_with_exactly_one_answer_of_the_paper(education):
    paper = Questionnaire.objects.on(TODAY).get(key="natural_person").paper
    (rule,) = [each for each in paper.terms.contradictions if each.check is Check.DEGREE]
    assert sum(education in each for each in (rule.profile or {}).values()) == 1


def test_answers_from_before_education_was_asked_stay_whole_and_contradict_nothing():
    application = a_draft()
    save(application, Step.PROFILE, PROFILE, at=AT)
    old = Section.objects.get(application=application, step=Step.PROFILE)
    old.values = json.dumps({k: v for k, v in PROFILE.items() if k != "education"})
    old.save()
    assert old.is_done
    assert profile_of(application.customer, TODAY).education == ""
    assert clashes(answered(application.customer), TODAY) == []
