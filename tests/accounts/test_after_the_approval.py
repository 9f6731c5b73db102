"""From the approval to an active account: each account a state of its own, and any no stops it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.events import AccountsOpened
from accounts.handlers import tell_customer
from accounts.models import (
    Application,
    CashAccount,
    CustodyLink,
    MarketAccount,
    OneCodeAccount,
    OutsideCheck,
    Pack,
    Pin,
    Witnessing,
)
from accounts.selectors import capabilities
from accounts.states import FollowUpQuestion, MarketStatus, Status
from accounts.use_cases import (
    UnableToFollowUp,
    answer_follow_up,
    begin_opening,
    record_call,
    take_link,
    take_opened,
)
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from tests.accounts.factories import ACTOR, AT, OPENED, an_application
from tests.accounts.proofs import prove
from tests.branches.factories import make_staff
from tests.slice.test_first_slice_at_once import at_once
from tests.users.factories import sign_in

YES = dict.fromkeys(FollowUpQuestion.values, "yes")
ONE_NO = {**YES, "conduct": "no"}


def abilities(application: Application) -> list[bool]:
    return [each.ready for each in capabilities(application)]


@pytest.mark.django_db
def test_the_accounts_are_asked_for_once_and_nothing_can_be_done_yet():
    approved = an_application(Status.APPROVED)
    assert begin_opening(application=approved, at=AT).status == Status.APPROVED, "no evidence"
    prove(approved, at=AT)
    for _ in range(2):
        row = begin_opening(application=approved, at=AT)
    assert row.status == Status.OPENING
    assert sorted(MarketAccount.objects.values_list("market", "status")) == [
        ("SH", "requested"),
        ("SZ", "requested"),
    ]
    assert row.outside_checks.filter(kind__in=["opening", "link"]).count() == 2
    assert not any(abilities(row))


@pytest.mark.django_db
def test_an_answer_of_the_depository_counts_once_and_a_refused_market_stays_apart():
    row = an_application(Status.OPENING)
    partly = {
        **OPENED,
        "accounts": [OPENED["accounts"][0], {"type": "sz_a", "number": "", "code": "too_many"}],
    }
    take_opened(application=row, facts=partly, at=AT)
    take_opened(application=row, facts=OPENED, at=AT)
    assert Application.objects.get().status == Status.VISIT
    assert MarketAccount.objects.get(market="SZ").refusal == "too_many"
    assert OneCodeAccount.objects.get().number == OPENED["one_code"]
    told = capabilities(Application.objects.get())[-1]
    assert (told.label, told.ready, str(told.note)) == ("Shenzhen A shares", False, "Refused")
    MarketAccount.objects.filter(market="SZ").update(refusal="left_out")
    assert len(capabilities(Application.objects.get())) == 4, "nobody asked for it"


@pytest.mark.django_db
def test_the_message_after_an_opening_names_what_was_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = []
    monkeypatch.setattr("accounts.handlers.send", lambda **given: sent.append(given))
    row = an_application(Status.OPENING)
    outcome = {"type": "sz_a", "number": "", "code": "too_many"}
    accounts = [OPENED["accounts"][0], outcome]
    take_opened(application=row, facts={**OPENED, "accounts": accounts}, at=AT)
    entry = Entry.objects.get(kind="accounts.accounts_opened")
    event = AccountsOpened(
        subject=row.ref,
        customer=row.customer.ref,
        version=1,
        status=Status.VISIT,
        markets=("SH",),
        refused=tuple(entry.payload["refused"]),
    )
    tell_customer(event, entry)
    tell_customer(replace(event, refused=()), entry)
    assert [each["kind"] for each in sent] == [
        "accounts.accounts_partly_opened",
        "accounts.accounts_opened",
    ]
    assert sent[0]["context"]["refused"] == {"zh-hans": "深市 A 股", "en": "Shenzhen A shares"}
    assert "refused" not in sent[1]["context"]


@pytest.mark.django_db
def test_when_the_depository_refuses_everything_the_application_waits_for_the_desk():
    row = an_application(Status.OPENING)
    none = [{"type": each, "number": "", "code": "too_many"} for each in ("sh_a", "sz_a")]
    take_opened(application=row, facts={**OPENED, "accounts": none}, at=AT)
    assert Application.objects.get().status == Status.OPENING
    assert set(MarketAccount.objects.values_list("status", flat=True)) == {MarketStatus.REFUSED}


@pytest.mark.django_db
def test_all_yes_makes_it_active_and_the_bank_decides_what_can_be_bought():
    row = an_application(Status.VISIT)
    active = answer_follow_up(application=row, answers=YES, actor=ACTOR, at=AT)
    assert active.status == Status.ACTIVE
    assert all(abilities(active))
    CustodyLink.objects.update(status="at_bank")
    assert abilities(active) == [False, False, True, False], "selling stays open"


@pytest.mark.django_db
def test_any_no_stops_it_until_central_staff_have_called():
    row = an_application(Status.VISIT)
    answer_follow_up(application=row, answers=ONE_NO, actor=ACTOR, at=AT)
    with pytest.raises(UnableToFollowUp):
        answer_follow_up(application=row, answers=YES, actor=ACTOR, at=AT)
    assert Application.objects.get().status == Status.VISIT
    row.refresh_from_db()
    assert row.decided_by is not None
    for involved in (row.decided_by, make_staff(Role.OPENING_OFFICER)):
        with pytest.raises(UnableToFollowUp):
            record_call(application=row, answers=YES, caller=involved, at=AT)
    caller = make_staff(Role.CALL_CENTRE)
    record_call(application=row, answers=ONE_NO, caller=caller, at=AT)
    assert Application.objects.get().status == Status.VISIT
    record_call(application=row, answers=YES, caller=caller, at=AT)
    assert Application.objects.get().status == Status.ACTIVE


@pytest.mark.django_db
def test_an_unanswered_question_is_no_answer():
    row = an_application(Status.VISIT)
    with pytest.raises(UnableToFollowUp):
        answer_follow_up(application=row, answers={"identity": "yes"}, actor=ACTOR, at=AT)


@pytest.mark.django_db
def test_the_database_knows_no_opened_account_without_a_number():
    an_application(Status.OPENING)
    with pytest.raises(IntegrityError), transaction.atomic():
        MarketAccount.objects.update(status=MarketStatus.OPEN)


@pytest.mark.django_db
def test_the_customer_answers_in_the_portal():
    row = an_application(Status.VISIT)
    assert row.customer.user is not None
    client = sign_in(Client(headers={"Accept-Language": "en"}), row.customer.user)
    path = f"/open/{row.ref}/questions/"
    assert client.post(path, {"identity": "yes"}).status_code == 200
    assert client.post(path, YES).status_code == 302
    assert "Your account is active." in client.get(f"/open/{row.ref}/").content.decode()
    assert client.get(path).status_code == 302, "nothing is left to answer"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gone", [Pin, Pack, Witnessing, OutsideCheck])
def test_no_account_is_active_without_its_evidence(gone):
    row = an_application(Status.VISIT)
    rows = gone.objects.filter(kind="identity") if gone is OutsideCheck else gone.objects.all()
    rows.delete()
    with pytest.raises(IntegrityError, match="no active account without its evidence"):
        answer_follow_up(application=row, answers=YES, actor=ACTOR, at=AT)
    assert Application.objects.get().status == Status.VISIT


@pytest.mark.django_db(transaction=True)
def test_answers_that_come_twice_at_once_activate_once():
    row = an_application(Status.VISIT)
    at_once(8, lambda n: answer_follow_up(application=row, answers=YES, actor=ACTOR, at=AT))
    assert Entry.objects.filter(kind="accounts.account_activated").count() == 1
    assert CashAccount.objects.get().status == "active"


@pytest.mark.django_db(transaction=True)
def test_an_opening_that_begins_twice_at_once_makes_one_set_of_accounts():
    row = an_application(Status.APPROVED)
    prove(row, at=AT)
    at_once(8, lambda n: begin_opening(application=row, at=AT))
    assert CashAccount.objects.count() == 1
    take_link(application=row, result="linked", at=AT)
    assert CustodyLink.objects.get().status == "linked"
