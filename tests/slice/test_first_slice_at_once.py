"""Many at once: one effect, one verdict, one link."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import Application
from accounts.states import Status, Verdict
from accounts.use_cases import (
    UnableToDecide,
    approve_application,
    start_application,
    submit_application,
    withdraw_application,
)
from brokerage.journal.models import Entry
from partners.models import EntryLink
from suitability.models import Assessment
from suitability.use_cases import submit_assessment
from tests.accounts.factories import (
    ACTOR,
    AT,
    a_complete_draft,
    a_reviewer,
    an_application,
)
from tests.customers.factories import a_customer
from tests.partners.factories import Api, a_client, token_for
from tests.suitability.factories import an_answered_assessment

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act` in `count` threads that begin together; results, or exceptions that came."""
    barrier = threading.Barrier(count)
    results: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            barrier.wait()
            results[number] = act(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def entries(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def test_starting_twenty_times_makes_one_application():
    customer = a_customer()
    found = at_once(
        20, lambda n: start_application(customer=customer, entry=None, actor=ACTOR, at=AT)
    )
    assert {each.pk for each in found} == {Application.objects.get().pk}
    assert entries("accounts.application_started") == 1


def test_sending_twenty_times_has_one_effect():
    draft = a_complete_draft()
    found = at_once(20, lambda n: submit_application(application=draft, actor=ACTOR, at=AT))
    assert {each.status for each in found} == {Status.SUBMITTED}
    assert entries("accounts.application_submitted") == 1


def test_finishing_a_paper_twenty_times_has_one_effect():
    assessment = an_answered_assessment(a_customer())
    at_once(
        20,
        lambda n: submit_assessment(assessment=assessment, language="zh-hans", actor=ACTOR, at=AT),
    )
    assert Assessment.objects.get().score == 72
    assert entries("suitability.assessment_submitted") == 1


def test_two_officers_decide_at_once_and_there_is_one_verdict():
    application = an_application(Status.REVIEWING, proposed=Verdict.APPROVE)
    officers = [a_reviewer(), a_reviewer()]
    found = at_once(
        2,
        lambda n: approve_application(application=application, officer=officers[n], at=AT),
    )
    refused = [each for each in found if isinstance(each, UnableToDecide)]
    decided = [each for each in found if isinstance(each, Application)]
    assert (len(refused), len(decided)) == (1, 1)
    assert Application.objects.get().decided_by == decided[0].decided_by
    assert entries("accounts.application_approved") == 1


def test_a_withdrawal_beside_an_approval_ends_it():
    """Whoever is first: what was approved and not opened may be taken back as well."""
    application = an_application(Status.REVIEWING, proposed=Verdict.APPROVE)
    officer = a_reviewer()
    withdrawn, approved = at_once(
        2,
        lambda n: (
            approve_application(application=application, officer=officer, at=AT)
            if n
            else withdraw_application(application=application, actor=ACTOR, at=AT)
        ),
    )
    assert isinstance(withdrawn, Application)
    assert isinstance(approved, Application | UnableToDecide)
    assert Application.objects.get().status == Status.WITHDRAWN
    assert entries("accounts.application_withdrawn") == 1
    assert entries("accounts.application_approved") == isinstance(approved, Application)


def test_twenty_equal_posts_make_one_link_and_have_one_answer():
    _client, secret = a_client()
    token = token_for(secret)
    body = json.dumps({"partner_reference": "once"})
    answers = at_once(20, lambda n: Api(token).post("entries", body, "the-key"))
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert EntryLink.objects.count() == 1
    assert entries("partners.entry_link_made") == 1


def test_twenty_keys_for_one_reference_make_one_link():
    _client, secret = a_client()
    token = token_for(secret)
    body = json.dumps({"partner_reference": "once"})
    answers = at_once(20, lambda n: Api(token).post("entries", body, f"key-{n}"))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * 19
    assert EntryLink.objects.count() == 1


def test_the_limit_counts_exactly_under_load(monkeypatch):
    from brokerage.core.api.limits import Limit
    from partners.api import base

    monkeypatch.setattr(base.PartnerViewSet, "client_limit", Limit("client", 5, 86_400))
    _client, secret = a_client()
    token = token_for(secret)
    answers = at_once(20, lambda n: Api(token).get("me").status_code)
    assert sorted(answers) == [200] * 5 + [429] * 15
