"""One document in two applications that are approved at the same moment becomes one account."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.db import connection

from accounts.models import Application, CashAccount, MarketAccount
from accounts.states import Status, Step, Verdict
from accounts.use_cases import (
    UnableToDecide,
    approve_application,
    begin_opening,
    claim_review,
    propose_verdict,
    submit_application,
)
from branches.models import OrgUnit
from brokerage.customers.models import Customer
from brokerage.users.models import User
from tests.accounts.answers import id_number
from tests.accounts.factories import (
    ACTOR,
    AT,
    a_complete_draft,
    a_reviewer,
    after_approval,
    an_officer,
)
from tests.accounts.proofs import identify, prove
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer
from tests.threads import together

NUMBER = id_number(46)


def proposed(phone: str, outlet: OrgUnit) -> Application:
    """An application with the one document, waiting for its second person."""
    draft = a_complete_draft(a_customer(phone), outlet=outlet)
    section = draft.sections.get(step=Step.IDENTITY)
    section.values = json.dumps(section.answers | {"id_number": NUMBER})
    section.save()
    sent = submit_application(application=draft, actor=ACTOR, at=AT)
    first = an_officer(outlet)
    taken = claim_review(application=sent, officer=first, at=AT)
    identify(taken, at=AT)
    return propose_verdict(application=taken, officer=first, verdict=Verdict.APPROVE, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_applications_with_one_document_make_one_account() -> None:
    outlet = make_unit()
    both = [proposed(f"+8613900139{number}", outlet) for number in ("201", "202")]
    work: Iterator[tuple[Application, User]] = iter(
        [(application, a_reviewer(outlet)) for application in both]
    )

    def decide() -> bool:
        application, second = next(work)
        try:
            approve_application(application=application, officer=second, at=AT)
        except UnableToDecide:
            return False
        finally:
            connection.close()
        return True

    assert sorted(together(decide, times=2)) == [False, True]
    for application in both:
        application.refresh_from_db()
        if application.status == Status.APPROVED:
            after_approval(application, Status.VISIT)
        else:
            prove(application, at=AT)
            begin_opening(application=application, at=AT)
    assert sorted(Application.objects.values_list("status", flat=True)) == ["reviewing", "visit"]
    assert CashAccount.objects.count() == 1
    assert MarketAccount.objects.values("application").distinct().count() == 1
    holder = Customer.objects.exclude(id_hash=None).get()
    assert CashAccount.objects.get().customer == holder
