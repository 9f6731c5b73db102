"""Everybody hears of what others did to their log-in, data, application, work and roles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import resolve

from accounts.states import Status, Step
from accounts.use_cases import expire_application, submit_application
from branches.events import RoleEnded, RoleGiven
from brokerage.backoffice.events import CheckerDecided, ExportMade
from brokerage.core.clock import SHANGHAI
from brokerage.customers import events as customer_events
from brokerage.customers.models import Source
from brokerage.customers.use_cases import correct_profile
from brokerage.journal.actors import Actor
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.record import record
from brokerage.messaging.models import Delivery, Message, TextVersion
from brokerage.messaging.use_cases.deliver import deliver
from brokerage.users import events
from brokerage.users.use_cases.lift_code_limit import lift_code_limit
from brokerage.users.use_cases.switch_log_in import switch_log_in
from tests.accounts.answers import save
from tests.accounts.factories import ACTOR, an_application
from tests.accounts.proofs import sign
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer, a_user
from tests.records import RECORDS
from tests.users.factories import make_staff_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told(user) -> list[str]:
    """Kinds of the messages of a person, in their order."""
    return [message.text.kind for message in Message.objects.filter(user=user).order_by("pk")]


def happen(event, at) -> None:
    with transaction.atomic():
        record(event, actor=ACTOR, at=at)
    deliver_pending(at=at)


def test_a_closed_log_in_is_told_by_sms_that_it_is_closed(at, gateway):
    admin, user = make_staff_user(), a_user()
    switch_log_in(user=user, on=False, by=admin, at=at, reason="asked")
    deliver_pending(at=at)
    assert told(user) == ["users.switched_off"]
    sms = Delivery.objects.get(channel="sms")
    sent = deliver(ref=sms.ref, at=at)
    assert sent is not None
    assert sent.status == "sent"
    switch_log_in(user=user, on=True, by=admin, at=at + HOUR, reason="came back")
    lift_code_limit(user=user, by=admin, at=at + HOUR, reason="strangers")
    deliver_pending(at=at + HOUR)
    assert told(user)[1:] == ["users.switched_on", "users.code_limit_lifted"]


@pytest.mark.parametrize(
    ("event", "values"),
    [
        (customer_events.IdentityConfirmed, {"id_type": "passport"}),
        (customer_events.ConsentWithdrawn, {"purpose": "marketing"}),
        (customer_events.DataExportDownloaded, {"export": uuid4()}),
    ],
)
def test_customers_hear_of_what_happened_to_their_data(at, event, values):
    customer = a_customer()
    happen(event(subject=customer.ref, **values), at)
    assert told(customer.user) == [event.kind]


@pytest.mark.parametrize(("source", "count"), [(Source.STAFF, 1), (Source.CUSTOMER, 0)])
def test_a_correction_is_told_when_somebody_else_made_it(at, source, count):
    customer = a_customer()
    by = customer.user if source == Source.CUSTOMER else make_staff_user()
    correct_profile(
        customer=customer,
        values={"address": "浙江省金华市人民路 2 号"},
        source=source,
        actor=Actor.of(by),
        at=at,
    )
    deliver_pending(at=at)
    assert told(customer.user).count("customers.profile_corrected") == count


def test_an_applicant_hears_of_each_turn(at):
    sent = an_application(Status.RETURNED, at=at)
    again = save(sent, Step.IDENTITY, {"name": "江雪"}, at=at + HOUR)
    sign(again, at=at + HOUR)  # under the corrected name
    submit_application(application=again, actor=ACTOR, at=at + HOUR)
    deliver_pending(at=at + HOUR)
    assert [kind for kind in told(sent.applicant) if kind.startswith("accounts.")] == [
        "accounts.application_submitted",
        "accounts.application_returned",
        "accounts.application_resubmitted",
    ]


def test_an_expired_draft_is_told(at):
    draft = an_application(Status.DRAFT, at=at)
    expire_application(application=draft, untouched_since=at + HOUR, at=at + HOUR)
    deliver_pending(at=at + HOUR)
    assert told(draft.applicant) == ["accounts.application_expired"]


def test_an_application_returned_at_night_is_texted_in_the_morning():
    night = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    an_application(Status.RETURNED, at=night)
    deliver_pending(at=night)
    sms = Delivery.objects.get(kind="accounts.application_returned", channel="sms")
    assert sms.due_at == datetime(2026, 3, 3, 8, 0, tzinfo=SHANGHAI)


def test_makers_hear_of_decisions_and_finished_exports(at):
    maker = make_staff_user()
    export = RECORDS["backoffice.Export"](make_unit(), maker)
    decided = {"subject": export.ref, "made_by": maker.ref}
    happen(
        CheckerDecided(subject_type="backoffice.export", decision="approved", **decided), at
    )  # told when its file is there
    happen(CheckerDecided(subject_type="reference.rule", decision="approved", **decided), at)
    happen(CheckerDecided(subject_type="reference.rule", decision="rejected", **decided), at)
    happen(ExportMade(subject=export.ref, model="customers.Customer", rows=3), at)
    assert told(maker) == ["backoffice.approved", "backoffice.rejected", "backoffice.export_made"]


def test_a_decision_on_a_shipped_row_is_told_to_nobody(at):
    event = CheckerDecided(
        subject=uuid4(), subject_type="reference.rule", decision="approved", made_by=uuid4()
    )
    happen(event, at)
    assert not Message.objects.exists()


def test_staff_hear_of_their_roles(at):
    user = make_staff_user()
    who: dict[str, Any] = {"user": user.ref, "unit": uuid4(), "role": "operations"}
    start: dict[str, Any] = {"valid_from": date(2026, 3, 3), "valid_to": None, "acting": False}
    happen(RoleGiven(subject=uuid4(), **who, **start), at)
    happen(RoleEnded(subject=uuid4(), on=date(2026, 4, 1), **who), at)
    assert told(user) == ["branches.role_given", "branches.role_ended"]


def test_every_fixed_link_of_a_text_leads_somewhere():
    links = {text.link for text in TextVersion.objects.all() if text.link.startswith("/")}
    assert "/me/agreements/" in links
    for link in links:
        resolve(link)


def test_what_the_owner_did_and_saw_is_not_told_again(at):
    user = a_user()
    for event in (
        events.SignedIn(subject=user.ref, method="code"),
        events.SessionEnded(subject=user.ref),
        events.SteppedUp(subject=user.ref, method="code"),
    ):
        happen(event, at)
    assert told(user) == []
