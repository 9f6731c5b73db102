"""The second person may disagree: the case goes back to its reviewer, with the reason."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.states import Refusal, Status, Verdict
from accounts.use_cases import (
    UnableToDecide,
    approve_application,
    claim_review,
    propose_verdict,
    refuse_proposal,
)
from brokerage.core.roles import Role
from brokerage.journal.selectors import timeline
from tests.accounts.factories import AT, an_application
from tests.accounts.test_who_sees_what import of_role
from tests.branches.factories import make_unit
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed():
    outlet = make_unit()
    first, second = of_role(Role.REVIEWER, outlet), of_role(Role.REVIEWER, outlet)
    application = an_application(Status.SUBMITTED, outlet=outlet)
    claim_review(application=application, officer=first, at=AT)
    application = propose_verdict(
        application=application, officer=first, verdict=Verdict.APPROVE, at=AT
    )
    return application, first, second


def test_it_goes_back_to_the_reviewer_who_may_propose_again(proposed):
    application, first, second = proposed
    back = refuse_proposal(application=application, officer=second, reason="请再核对", at=AT)
    assert (back.status, back.recommendation, back.claimed_by) == (Status.REVIEWING, "", first)
    with pytest.raises(UnableToDecide):
        approve_application(application=application, officer=second, at=AT)
    again = propose_verdict(
        application=application,
        officer=first,
        verdict=Verdict.REJECT,
        refusal=Refusal.OTHER,
        at=AT,
    )
    assert again.recommendation == Verdict.REJECT


def test_the_proposer_cannot_take_this_way_and_a_reason_is_needed(proposed):
    application, first, second = proposed
    with pytest.raises(UnableToDecide):
        refuse_proposal(application=application, officer=first, reason="x", at=AT)
    with pytest.raises(UnableToDecide):
        refuse_proposal(application=application, officer=second, reason="  ", at=AT)
    application.refresh_from_db()
    assert application.recommendation == Verdict.APPROVE


def test_staff_read_the_reason_and_the_customer_reads_nothing_of_it(proposed):
    application, _first, second = proposed
    refuse_proposal(application=application, officer=second, reason="请再核对", at=AT)
    label = "accounts.application"
    assert timeline(label, application.ref, staff=True)[0].reason == "请再核对"
    texts = [line.text + line.reason for line in timeline(label, application.ref)]
    assert not any("请再核对" in text for text in texts)


def test_an_incomplete_form_comes_back_as_it_was_typed(proposed):
    application, first, second = proposed
    act = f"/admin/accounts/application/{application.ref}/act/"
    page = sign_in(Client(), second).post(act + "refuse/", {"reason": ""})
    assert page.status_code == 200
    assert "field-bad" in page.content.decode()
    typed = {"verdict": "reject", "refusal": "", "reason": "同名同证件"}
    page = sign_in(Client(), first).post(act + "propose/", typed)
    assert page.status_code == 200
    assert "同名同证件" in page.content.decode()
    application.refresh_from_db()
    assert application.recommendation == Verdict.APPROVE
