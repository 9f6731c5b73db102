"""Each kind of record that ages has a policy, with a term in force; a run does what they say."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Application
from accounts.retention import ended_drafts, settled
from accounts.states import Status
from brokerage.backoffice.models import Export, ExportPart
from brokerage.core.retention import delete, policies
from brokerage.customers.models import Customer, DataExport
from brokerage.customers.states import ExportStatus
from brokerage.journal.models import Entry
from brokerage.journal.retention import run
from brokerage.messaging.models import Preference
from brokerage.users.models import Device, PastPhone, User
from suitability.models import Assessment
from suitability.retention import expired, forget, old_traces
from tests.accounts.factories import an_application
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer, a_user
from tests.records import RECORDS
from tests.suitability.factories import a_confirmed_assessment, an_open_assessment
from tests.users.factories import make_staff_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KEYS = {
    "accounts.applications",
    "accounts.drafts",
    "backoffice.export_files",
    "customers.abandoned_sign_ups",
    "customers.copies",
    "customers.ended",
    "messaging.codes",
    "messaging.messages",
    "messaging.sandbox",
    "suitability.assessments",
    "suitability.decisions",
    "suitability.exposures",
    "suitability.insisting",
    "suitability.unfinished",
    "users.abandoned_log_ins",
    "users.devices",
    "users.past_phones",
}


def test_a_dry_run_lists_every_policy_and_finds_its_term() -> None:
    out = StringIO()
    call_command("dispose", "--dry-run", stdout=out)
    lines = out.getvalue().splitlines()
    assert {line.partition(":")[0] for line in lines} >= KEYS
    assert not [line for line in lines if "no rule in force" in line]
    assert {key for key, _policy in policies.items()} == {line.split(":")[0] for line in lines}


def test_drafts_go_ninety_days_after_their_end_and_their_people_after_them(at) -> None:
    old = an_application(Status.EXPIRED, at=at)
    late = at + 30 * DAY
    kept = an_application(Status.WITHDRAWN, customer=a_customer("+8613800138001"), at=late)
    run(at + 92 * DAY)
    assert list(Application.objects.all()) == [kept]
    disposed = Entry.objects.get(
        kind="journal.records_disposed", payload__policy="accounts.drafts"
    )
    assert (disposed.payload["rows"], disposed.rule_version) == (1, "retention.drafts@2017-07-01")
    # the result of the paper stands for twenty years, and the customer with it
    assert Customer.objects.filter(pk=old.customer_id).exists()
    assert User.objects.filter(pk=old.applicant_id).exists()


def test_who_signed_up_and_did_nothing_is_forgotten_with_the_number(at) -> None:
    nobody = a_customer(at=at - 91 * DAY).user
    User.objects.filter(pk=nobody.pk).update(created_at=at - 91 * DAY)
    Preference.objects.create(user=nobody)
    active = a_user("+8613800138002", created_at=at - 91 * DAY, last_login=at - DAY)
    run(at)
    assert list(User.objects.filter(kind="customer")) == [active]
    assert not Preference.objects.exists()


def test_decided_applications_count_from_the_end_of_the_relationship(at) -> None:
    customer = a_customer()
    approved = an_application(Status.APPROVED, customer=customer, at=at)
    rejected = an_application(
        Status.REJECTED, customer=a_customer("+8613800138001"), outlet=approved.outlet, at=at
    )
    later = at + DAY
    assert list(settled(later)) == [rejected]
    Customer.objects.filter(pk=customer.pk).update(closed_at=at)
    assert set(settled(later)) == {approved, rejected}
    assert not settled(at).exists()
    assert not ended_drafts(later).exists()


def test_a_result_goes_only_when_no_application_rests_on_it(at) -> None:
    free = a_confirmed_assessment(a_customer("+8613800138001"), at=at)
    an_application(at=at)
    assert free.valid_until is not None
    assert not expired(at).exists()
    later = at + 800 * DAY
    assert delete(old_traces(later)) == 2  # how they were answered goes before them
    due = expired(later)
    assert list(due) == [free]
    assert forget(due) == 1


def test_an_unfinished_paper_goes_after_ninety_days(at) -> None:
    an_open_assessment(a_customer(), at=at)
    run(at + 90 * DAY)
    assert Assessment.objects.exists()
    run(at + 92 * DAY)
    assert not Assessment.objects.exists()


def test_numbers_browsers_copies_and_export_files_end(at) -> None:
    customer = a_customer(at=at)
    staff = make_staff_user()
    PastPhone.objects.create(user=customer.user, phone="+8613800138009", until=at - 200 * DAY)
    Device.objects.create(
        user=customer.user, cookie_hash="a", first_seen_at=at, last_seen_at=at - 400 * DAY
    )
    kept = Device.objects.create(
        user=customer.user, cookie_hash="b", first_seen_at=at, last_seen_at=at - 300 * DAY
    )
    DataExport.objects.create(
        customer=customer,
        status=ExportStatus.EXPIRED,
        requested_at=at - 20 * DAY,
        ready_at=at - 20 * DAY,
        expires_at=at - 13 * DAY,
    )
    export = RECORDS["backoffice.Export"](make_unit(), staff)
    Export.objects.filter(pk=export.pk).update(
        decision="approved",
        checked_by_ref=customer.ref,
        checked_at=at,
        finished_at=at - 9 * DAY,
        row_count=1,
    )
    ExportPart.objects.create(export=export, number=1, body="x")
    run(at)
    assert not PastPhone.objects.exists()
    assert list(Device.objects.all()) == [kept]
    assert not DataExport.objects.exists()
    assert not ExportPart.objects.exists()
    assert Export.objects.filter(pk=export.pk).exists()
