"""A dated rule says how many people look; the database holds to it; evidence replays it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.evidence.states import CheckKind, CheckResult
from accounts.evidence.verification import _review
from accounts.models import Application, Routing
from accounts.review.dated import RoutingTerms
from accounts.review.routing import route_of, skills_for
from accounts.review.states import Risk, RiskClass, Route, Skill
from accounts.states import Status, Step, Verdict
from accounts.use_cases import (
    UnableToDecide,
    approve_application,
    claim_review,
    propose_verdict,
    return_application,
    route_review,
    submit_application,
)
from brokerage.journal.models import Entry
from tests.accounts.answers import PROFILE, save
from tests.accounts.factories import ACTOR, AT, a_reviewer, an_application
from tests.accounts.review.factories import GOOD, a_clear_one, answered, readings

TERMS = RoutingTerms("t", {"low": 0, "medium": 1, "high": 2}, 100, 50, 60, 180, frozenset())


@pytest.mark.parametrize(
    ("risk", "draw", "route"),
    [
        (RiskClass.LOW, 100, Route.RULE),
        (RiskClass.LOW, 99, Route.ONE),
        (RiskClass.MEDIUM, 0, Route.ONE),
        (RiskClass.MEDIUM, 999, Route.ONE),
        (RiskClass.HIGH, 999, Route.TWO),
    ],
)
def test_risk_and_draw_make_the_route(risk: RiskClass, draw: int, route: Route) -> None:
    assert route_of(risk, TERMS, draw) == route


def test_risks_ask_for_skills() -> None:
    assert skills_for([Risk.AGAIN]) == []
    assert skills_for([Risk.INDUSTRY, Risk.ABROAD]) == [Skill.TAX, Skill.SPECIAL]


@pytest.mark.django_db
def test_what_is_clear_passes_by_rule_and_its_evidence_says_why() -> None:
    passed = route_review(application=a_clear_one(), at=AT, draw=500)

    assert (passed.status, passed.risk, passed.route) == (Status.APPROVED, "low", "rule")
    assert (passed.decided_by, passed.recommended_by, passed.claimed_by) == (None, None, None)
    assert passed.customer.id_hash or Application.objects.get().customer.id_hash
    assert list(_review(passed)) == []
    entry = Entry.objects.get(kind="accounts.application_approved")
    assert entry.rule_version == passed.route_rule == "accounts.review_routing@2020-01-01"


@pytest.mark.django_db
def test_a_routing_that_was_changed_later_is_found() -> None:
    passed = route_review(application=a_clear_one(), at=AT, draw=500)
    Routing.objects.create(
        application=passed,
        risk="low",
        route="rule",
        risks=[],
        facts={"checks": {}, "differs": []},
        draw=500,
        rule_version=passed.route_rule,
        routed_at=AT,
    )
    assert [finding.problem for finding in _review(passed)] == [
        "routed_otherwise",
        "one_pair_of_eyes",
    ]


@pytest.mark.django_db
def test_a_sample_of_it_is_looked_at_by_one_person_who_decides_alone() -> None:
    routed = route_review(application=a_clear_one(), at=AT, draw=99)
    assert (routed.status, routed.route) == (Status.SUBMITTED, Route.ONE)
    officer = a_reviewer()
    mine = claim_review(application=routed, officer=officer, at=AT)
    done = approve_application(application=mine, officer=officer, at=AT)
    assert (done.status, done.recommended_by, done.decided_by) == (
        Status.APPROVED,
        None,
        officer,
    )
    assert list(_review(done)) == []


@pytest.mark.django_db
def test_of_high_risk_nobody_decides_alone() -> None:
    application = an_application()
    answered(application, {**GOOD, CheckKind.FACE: CheckResult.DIFFERENT})
    routed = route_review(application=application, at=AT)
    assert (routed.risk, routed.route) == (RiskClass.HIGH, Route.TWO)
    officer = a_reviewer()
    mine = claim_review(application=routed, officer=officer, at=AT)
    with pytest.raises(UnableToDecide):
        approve_application(application=mine, officer=officer, at=AT)


@pytest.mark.django_db
def test_a_refusal_takes_two_whatever_the_route() -> None:
    routed = route_review(application=a_clear_one(), at=AT, draw=0)
    officer = a_reviewer()
    mine = claim_review(application=routed, officer=officer, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=mine.pk).update(
            status=Status.REJECTED,
            recommendation=Verdict.REJECT,
            refusal="identity",
            decided_by=officer,
            decided_at=AT,
        )


@pytest.mark.django_db
def test_the_database_lets_nobody_pass_alone_without_a_rule() -> None:
    officer = a_reviewer()
    mine = claim_review(application=an_application(), officer=officer, at=AT)
    changes = {
        "status": Status.APPROVED,
        "recommendation": Verdict.APPROVE,
        "decided_by": officer,
        "decided_at": AT,
    }
    for more in ({}, {"route": Route.ONE}, {"route": Route.RULE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.filter(pk=mine.pk).update(**changes, **more)


@pytest.mark.django_db
def test_it_waits_for_the_answers_and_then_decides_once() -> None:
    application = an_application()
    answered(application, {CheckKind.IDENTITY: ""})
    assert route_review(application=application, at=AT).route_rule == ""
    application.outside_checks.all().delete()
    answered(application, GOOD)
    readings(application, name="江映血")
    first = route_review(application=application, at=AT)
    again = route_review(application=application, at=AT)
    assert (first.risk, first.route) == (RiskClass.MEDIUM, Route.ONE)
    assert first.version == again.version
    assert Routing.objects.get().facts["differs"] == ["name"]


@pytest.mark.django_db
def test_sent_again_two_look_until_the_rule_speaks_again() -> None:
    routed = route_review(application=a_clear_one(), at=AT, draw=0)
    officer = a_reviewer()
    mine = claim_review(application=routed, officer=officer, at=AT)
    back = return_application(
        application=mine, officer=officer, steps=[Step.PROFILE], note="请说明", at=AT
    )
    save(back, Step.PROFILE, {**PROFILE, "income": "from_300k"}, at=AT)
    again = submit_application(application=back, actor=ACTOR, at=AT)
    assert (again.route, again.route_rule, again.risk) == (Route.TWO, "", "")


@pytest.mark.django_db
def test_a_proposal_still_works_where_one_would_be_enough() -> None:
    routed = route_review(application=a_clear_one(), at=AT, draw=0)
    officer = a_reviewer()
    mine = claim_review(application=routed, officer=officer, at=AT)
    mine = propose_verdict(application=mine, officer=officer, verdict=Verdict.APPROVE, at=AT)
    with pytest.raises(UnableToDecide):
        approve_application(application=mine, officer=officer, at=AT)
    done = approve_application(application=mine, officer=a_reviewer(), at=AT)
    assert done.status == Status.APPROVED
