"""A document runs out: each rung is told once, limits are graded, a new document lifts them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override
from time_machine import travel

from accounts.life import home
from accounts.life.dated import expiry_terms
from accounts.life.rules import ExpiryTerms, Grade, standing
from accounts.life.states import Ability, DocumentStatus, RenewalStatus
from accounts.life.tasks import watch_documents
from accounts.models import DocumentReminder, DocumentRenewal, IdDocument
from accounts.selectors import capabilities
from accounts.states import Lack, Status
from accounts.use_cases.renew_document import (
    RenewedElsewhere,
    UnableToRenew,
    begin_renewal,
    confirm_renewal,
    propose_renewal,
    return_renewal,
    save_renewal,
    send_renewal,
)
from accounts.use_cases.watch_document import take_in_document, watch_document
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.customers.selectors import current_profile
from brokerage.journal.models import Entry
from tests.accounts.factories import ACTOR, AT, an_application
from tests.accounts.life.factories import NEW, a_document, a_sent_renewal
from tests.branches.factories import make_staff
from tests.threads import together

END = date(2026, 6, 30)
TERMS = ExpiryTerms(
    "accounts.id_expiry@tests",
    (90, 30, 7),
    (
        Grade(90, frozenset({Ability.BUY})),
        Grade(365, frozenset({Ability.BUY, Ability.WITHDRAW})),
    ),
)


def on(day: date) -> datetime:
    """09:30 in Shanghai on a day."""
    return AT.replace(year=day.year, month=day.month, day=day.day, hour=1, minute=30)


@pytest.mark.parametrize(
    ("days", "status", "reminder", "stops"),
    [
        (-91, DocumentStatus.VALID, None, ""),
        (-90, DocumentStatus.ENDING, 90, ""),
        (-31, DocumentStatus.ENDING, 90, ""),
        (-30, DocumentStatus.ENDING, 30, ""),
        (-7, DocumentStatus.ENDING, 7, ""),
        (0, DocumentStatus.ENDING, 7, ""),
        (1, DocumentStatus.EXPIRED, None, ""),
        (90, DocumentStatus.EXPIRED, None, ""),
        (91, DocumentStatus.LIMITED, None, "buy"),
        (366, DocumentStatus.LIMITED, None, "buy withdraw"),
    ],
)
def test_the_ladder_by_days_from_the_last_day(days, status, reminder, stops) -> None:
    found = standing(END, END + timedelta(days=days), TERMS)
    assert (found.status, found.reminder) == (status, reminder)
    assert " ".join(sorted(found.stops)) == stops


def test_a_document_without_end_never_runs_out() -> None:
    assert standing(None, date(2099, 1, 1), TERMS).status == DocumentStatus.VALID


@pytest.mark.django_db
def test_selling_and_paying_out_stay_open_by_the_rule_that_is_shipped() -> None:
    closed = {ability for grade in expiry_terms(END).grades for ability in grade.stops}
    assert not closed & {Ability.SELL, Ability.WITHDRAW}


@pytest.mark.django_db
def test_each_rung_is_told_once_and_then_the_account_is_limited() -> None:
    document = a_document(END)
    days = [-95, -90, -89, -30, -12, -7, -1, 0, 1, 2, 90, 91, 92]
    for each in days:
        watch_document(document=document, at=on(END + timedelta(days=each)))
    told = Entry.objects.filter(kind__in=[
        "accounts.document_ending", "accounts.document_expired", "accounts.account_limited",
    ]).order_by("pk")  # fmt: skip
    assert [(entry.kind.partition(".")[2], entry.payload.get("days")) for entry in told] == [
        ("document_ending", 90),
        ("document_ending", 30),
        ("document_ending", 7),
        ("document_expired", None),
        ("account_limited", None),
    ]
    assert told.reverse()[0].rule_version == expiry_terms(END).version
    able = {each.label: each.ready for each in capabilities(document.application)}
    assert able == {"Pay in": False, "Pay out": True, "Sell": True, "Buy": False}


@pytest.mark.django_db
def test_two_people_agree_and_the_limits_are_lifted() -> None:
    document = a_document(END)
    late = on(END + timedelta(days=100))
    watch_document(document=document, at=late)
    renewal = a_sent_renewal(document.application, at=late)
    first, second = make_staff(Role.REVIEWER), make_staff(Role.REVIEWER)

    with pytest.raises(UnableToRenew, match="somebody else's turn"):
        confirm_renewal(renewal=renewal, officer=second, at=late)
    propose_renewal(renewal=renewal, officer=first, at=late)
    with pytest.raises(UnableToRenew, match="Another person"):
        confirm_renewal(renewal=renewal, officer=first, at=late)
    done = confirm_renewal(renewal=renewal, officer=second, at=late)

    assert done.status == RenewalStatus.CONFIRMED
    document.refresh_from_db()
    assert (document.status, document.stopped) == (DocumentStatus.VALID, [])
    assert document.valid_to == date(2046, 2, 1)
    assert all(each.ready for each in capabilities(document.application))
    profile = current_profile(document.application.customer)
    assert profile is not None
    assert profile.fields["id_valid_to"] == "2046-02-01"
    lifted = Entry.objects.get(kind="accounts.document_renewed")
    assert lifted.payload["lifted"] == ["buy", "deposit"]


@pytest.mark.django_db
def test_what_is_returned_says_why_and_is_sent_again_with_what_was_kept() -> None:
    document = a_document(END)
    renewal = a_sent_renewal(document.application)
    officer = make_staff(Role.REVIEWER)
    back = return_renewal(
        renewal=renewal, officer=officer, lack=Lack.UNREADABLE, note="反面太暗", at=AT
    )
    assert (back.lack, back.note) == (Lack.UNREADABLE, "反面太暗")
    assert back.answers["id_valid_to"] == NEW["id_valid_to"]
    with pytest.raises(RenewedElsewhere):
        save_renewal(renewal=back, values={"address": "x"}, version=0, at=AT)
    again = send_renewal(renewal=back, actor=ACTOR, at=AT)
    assert (again.status, again.lack, again.note) == (RenewalStatus.SENT, "", "")
    with pytest.raises(UnableToRenew, match="is with us"):
        save_renewal(renewal=again, values={"address": "x"}, version=again.version, at=AT)


@pytest.mark.django_db
def test_nothing_is_sent_without_photos_and_dates_and_only_active_accounts_renew() -> None:
    application = a_document(END).application
    renewal = begin_renewal(application=application, at=AT)
    with pytest.raises(UnableToRenew, match="both photos"):
        send_renewal(renewal=renewal, actor=ACTOR, at=AT)
    application.status = Status.VISIT
    application.save(update_fields=["status"])
    with pytest.raises(UnableToRenew, match="active account"):
        begin_renewal(application=application, at=AT)


@pytest.mark.django_db
def test_the_job_takes_in_who_is_not_watched_yet_and_looks_once_a_day() -> None:
    with travel(on(END - timedelta(days=20)), tick=False):
        _one_day_of_the_job()


def _one_day_of_the_job() -> None:
    application = an_application(Status.ACTIVE)
    watch_documents(0)
    document = IdDocument.objects.get(application=application)
    assert document.valid_to == date(2040, 1, 31)
    IdDocument.objects.update(valid_to=END)
    watch_documents(0)
    watch_documents(0)
    assert DocumentReminder.objects.count() == 1
    document.refresh_from_db()
    assert document.looked_on == clock.today()


@pytest.mark.django_db
def test_the_customer_and_the_manager_see_it_on_their_homes() -> None:
    document = a_document(END)
    application = document.application
    at = on(END - timedelta(days=20))
    assert application.customer.user is not None
    assert not list(home.cards(application.customer.user, at))
    watch_document(document=document, at=at)
    (card,) = home.cards(application.customer.user, at)
    assert "2026" in card.text
    assert card.url.endswith("/document/")
    with override("zh-hans"):
        (card,) = home.cards(application.customer.user, at)
        assert "身份证" in card.title
    manager = make_staff(Role.BRANCH_MANAGER, application.outlet)
    (task,) = home.tasks(manager, at)
    assert task.mine is False
    a_sent_renewal(application, at=at)
    assert not list(home.cards(application.customer.user, at)), "it is with us"
    reviewer = make_staff(Role.REVIEWER, application.outlet)
    assert [str(each.title) for each in home.tasks(reviewer, at)] == [
        "New identity document to check"
    ]


@pytest.mark.django_db
def test_the_database_wants_two_people_and_one_open_renewal() -> None:
    application = a_document(END).application
    renewal = a_sent_renewal(application)
    one = make_staff(Role.REVIEWER)
    with pytest.raises(IntegrityError, match="two_people_agree"), transaction.atomic():
        DocumentRenewal.objects.filter(pk=renewal.pk).update(
            status="confirmed", proposed_by=one, decided_by=one, decided_at=AT
        )
    with pytest.raises(IntegrityError, match="one_open_renewal"), transaction.atomic():
        DocumentRenewal.objects.create(application=application, begun_at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_devices_begin_one_renewal_and_two_jobs_tell_one_rung() -> None:
    document = a_document(END)
    at = on(END - timedelta(days=7))

    def begin_and_watch() -> int:
        try:
            watch_document(document=document, at=at)
            return begin_renewal(application=document.application, at=at).pk
        finally:
            connection.close()

    assert len(set(together(begin_and_watch, times=3))) == 1
    assert DocumentReminder.objects.count() == 1
    assert Entry.objects.filter(kind="accounts.document_ending").count() == 1


@pytest.mark.django_db
def test_only_an_active_account_is_watched() -> None:
    assert take_in_document(application=an_application(Status.VISIT), at=AT) is None
