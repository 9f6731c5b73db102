"""Closing an account: what is in the way, the code, depository and bank, and two at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.evidence.states import CheckKind
from accounts.gateways.base import Person
from accounts.home import cards
from accounts.life import home, obstacles
from accounts.life.obstacles import obstacles_of
from accounts.life.states import ClosingStatus, Obstacle
from accounts.models import (
    Application,
    CashAccount,
    Closing,
    CustodyLink,
    MarketAccount,
    OneCodeAccount,
    OutsideCheck,
)
from accounts.selectors import capabilities, present_application
from accounts.signing.codes import CodeWrong, UnableToSign
from accounts.states import Status
from accounts.use_cases import withdraw_application
from accounts.use_cases.close_account import (
    UnableToClose,
    ask_to_close,
    confirm_closing,
    send_closing_code,
    withdraw_closing,
)
from accounts.use_cases.execute_closing import ask_again, begin_closing, take_closed
from accounts.use_cases.outside_checks import ask
from accounts.use_cases.retry_application import retry_application
from accounts.use_cases.start_application import UnableToStart
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from holdings.selectors.leftovers import Leftovers
from tests.accounts.aml.factories import a_freeze
from tests.accounts.factories import ACTOR, AT, an_application
from tests.branches.factories import make_staff
from tests.threads import together
from tests.users.factories import sign_in

PHONE = "+8613900139007"
HALF_AN_HOUR = timedelta(minutes=30)


class Sent:
    """A sender that keeps the last code."""

    code = ""

    def send(self, *, code: str, **more: Any) -> None:
        self.code = code


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    from accounts.signing import codes

    kept = Sent()
    monkeypatch.setattr(codes, "code_sender", lambda: kept)
    return kept


def active() -> Application:
    return an_application(Status.ACTIVE)


def confirmed(sent: Sent, at: Any = AT) -> Closing:
    application = active()
    closing = ask_to_close(application=application, actor=ACTOR, at=at)
    send_closing_code(closing=closing, phone=PHONE, language="en", at=at)
    return confirm_closing(
        closing=closing, code=sent.code, signer=signer(application), actor=ACTOR, at=at
    )


def signer(application: Application) -> Person:
    customer = application.customer
    return Person(customer.name or "", customer.id_type, customer.id_number or "")


def answered(kind: CheckKind, at: Any) -> None:
    """The worker asks the sandbox, and what it says is taken."""
    check = ask(check=OutsideCheck.objects.current().get(kind=kind), at=at)
    take_closed(
        application=check.application,
        kind=kind,
        result=check.result,
        facts=check.facts,
        at=at,
    )


@pytest.mark.django_db
def test_from_the_code_to_a_closed_account(sent: Sent) -> None:
    closing = confirmed(sent)
    assert closing.due_at is not None
    assert clock.business_date(closing.due_at).isoformat() == "2026-03-04", "two trading days"
    begin_closing(closing=closing, at=AT)
    assert not OutsideCheck.objects.filter(kind=CheckKind.CLOSING).exists(), "it may be taken back"
    later = AT + HALF_AN_HOUR
    begin_closing(closing=closing, at=later)
    answered(CheckKind.CLOSING, later)
    assert set(MarketAccount.objects.values_list("status", flat=True)) == {"closed"}
    assert CashAccount.objects.get().status == "active", "each account is a state of its own"
    answered(CheckKind.UNLINK, later)
    closing.refresh_from_db()
    assert (closing.status, closing.ended_at, closing.problem) == ("done", later, "")
    assert CustodyLink.objects.get().status == CashAccount.objects.get().status == "closed"
    assert OneCodeAccount.objects.get().status == "normal", "other firms may use it"
    application = Application.objects.get()
    assert application.customer.closed_at == later, "the years of keeping begin"
    assert not any(each.ready for each in capabilities(application))
    kinds = list(
        Entry.objects.filter(kind__contains="clos").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == [
        "accounts.closing_asked",
        "accounts.closing_confirmed",
        "accounts.closing_began",
        "accounts.account_closed",
    ]


def closed(sent: Sent) -> Application:
    closing, later = confirmed(sent), AT + HALF_AN_HOUR
    begin_closing(closing=closing, at=later)
    answered(CheckKind.CLOSING, later)
    answered(CheckKind.UNLINK, later)
    return closing.application


@pytest.mark.django_db
def test_who_closed_an_account_may_open_one_again(sent: Sent) -> None:
    first = closed(sent)
    customer, later = first.customer, AT + HALF_AN_HOUR
    assert present_application(customer) is None
    assert customer.user is not None
    client = sign_in(Client(headers={"Accept-Language": "en"}), customer.user)
    page = client.get(first.get_absolute_url()).content.decode()
    assert "Your account was closed" in page
    assert "Identity document of your account" not in page
    assert reverse("accounts:close", args=[first.ref]) not in page
    assert client.get(reverse("accounts:start")).status_code == 200
    assert [card.key for card in cards(customer.user, later)] == ["accounts.begin"]

    answer = client.post(reverse("accounts:retry", args=[first.ref]))

    draft = Application.objects.get(status=Status.DRAFT)
    assert answer.headers["Location"] == draft.get_absolute_url()
    assert present_application(customer) == draft
    assert draft.sections.get(step="profile").status == "complete", "what was told stays told"
    withdraw_application(application=draft, actor=ACTOR, at=later)

    second = an_application(Status.ACTIVE, customer=customer, at=later)
    customer.refresh_from_db()
    assert customer.closed_at is None, "the years of keeping run no more"
    assert present_application(customer) == second
    assert any(each.ready for each in capabilities(second))
    assert not any(each.ready for each in capabilities(first))
    assert OneCodeAccount.objects.count() == 1, "the depository's number is for life"


@pytest.mark.django_db
def test_an_account_in_use_is_no_reason_to_begin_again() -> None:
    row = active()
    with pytest.raises(UnableToStart):
        retry_application(application=row, actor=ACTOR, at=AT)


@pytest.mark.django_db
def test_a_wrong_code_counts_and_five_need_another(sent: Sent) -> None:
    application = active()
    closing = ask_to_close(application=application, actor=ACTOR, at=AT)
    send_closing_code(closing=closing, phone=PHONE, language="en", at=AT)
    wrong = "000000" if sent.code != "000000" else "111111"
    who = signer(application)
    for _ in range(5):
        with pytest.raises(CodeWrong):
            confirm_closing(closing=closing, code=wrong, signer=who, actor=ACTOR, at=AT)
    with pytest.raises(CodeWrong):
        confirm_closing(closing=closing, code=sent.code, signer=who, actor=ACTOR, at=AT)
    with pytest.raises(UnableToSign, match="Wait a minute"):
        send_closing_code(closing=closing, phone=PHONE, language="en", at=AT)


@pytest.mark.django_db
def test_it_is_taken_back_until_it_runs(sent: Sent) -> None:
    closing = confirmed(sent)
    withdraw_closing(closing=closing, actor=ACTOR, at=AT)
    begin_closing(closing=closing, at=AT + HALF_AN_HOUR)
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.WITHDRAWN
    again = ask_to_close(application=closing.application, actor=ACTOR, at=AT)
    assert again != closing
    again.status = ClosingStatus.RUNNING
    with pytest.raises(IntegrityError, match="a_confirmed_closing"), transaction.atomic():
        again.save()


@pytest.mark.django_db
def test_what_is_left_is_in_the_way_with_what_to_do(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Leftovers(
        AT.date(), positions=2, cash=Decimal(7), frozen=Decimal(1), debt=Decimal(3), unsettled=4
    )
    closing = confirmed(sent)
    monkeypatch.setattr(obstacles, "leftovers_of", lambda customer: left)
    found = obstacles_of(closing.application)
    assert [each.kind for each in found] == [
        Obstacle.POSITIONS,
        Obstacle.CASH,
        Obstacle.FROZEN,
        Obstacle.DEBT,
        Obstacle.UNSETTLED,
    ]
    assert all(each.todo for each in found)
    held = begin_closing(closing=closing, at=AT + HALF_AN_HOUR)
    begin_closing(closing=closing, at=AT + HALF_AN_HOUR)
    assert (held.status, held.problem) == (ClosingStatus.CONFIRMED, "obstacle_positions")
    assert Entry.objects.filter(kind="accounts.closing_held").count() == 1
    withdraw_closing(closing=closing, actor=ACTOR, at=AT + HALF_AN_HOUR)
    with pytest.raises(UnableToClose, match="You still hold securities"):
        ask_to_close(application=closing.application, actor=ACTOR, at=AT)


@pytest.mark.django_db
def test_where_nothing_moves_by_law_nothing_is_closed_and_nobody_reads_why(sent: Sent) -> None:
    closing = confirmed(sent)
    a_freeze(closing.application.customer)
    held = begin_closing(closing=closing, at=AT + HALF_AN_HOUR)
    assert (held.status, held.problem) == (ClosingStatus.CONFIRMED, "obstacle_other")
    withdraw_closing(closing=closing, actor=ACTOR, at=AT + HALF_AN_HOUR)
    with pytest.raises(UnableToClose, match="It cannot be closed at the moment"):
        ask_to_close(application=closing.application, actor=ACTOR, at=AT)


@pytest.mark.django_db
def test_a_refusal_waits_for_staff_who_ask_again(sent: Sent) -> None:
    closing = confirmed(sent)
    later = AT + HALF_AN_HOUR
    begin_closing(closing=closing, at=later)
    number = MarketAccount.objects.filter(market="SH").get().number
    facts = {
        "accounts": [
            {"number": number, "code": ""},
            {"number": MarketAccount.objects.get(market="SZ").number, "code": "open_business"},
        ]
    }
    for _ in range(2):
        take_closed(
            application=closing.application,
            kind=CheckKind.CLOSING,
            result="partly",
            facts=facts,
            at=later,
        )
    closing.refresh_from_db()
    assert closing.problem == "open_business"
    assert dict(MarketAccount.objects.values_list("market", "status")) == {
        "SH": "closed",
        "SZ": "open",
    }
    with pytest.raises(UnableToClose, match="being closed already"):
        withdraw_closing(closing=closing, actor=ACTOR, at=later)
    worker = make_staff(Role.OPERATIONS, closing.application.outlet)
    (task,) = home.tasks(worker, later)
    assert str(closing.ref) in task.url
    ask_again(closing=closing, actor=ACTOR, at=later)
    asked = OutsideCheck.objects.current().get(kind=CheckKind.CLOSING)
    assert [each["type"] for each in asked.asks["accounts"]] == ["sz_a"]
    answered(CheckKind.CLOSING, later)
    take_closed(
        application=closing.application, kind=CheckKind.UNLINK, result="", facts={}, at=later
    )
    closing.refresh_from_db()
    assert closing.problem == "unanswered"


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_closing() -> None:
    application = active()

    def request() -> int:
        try:
            return ask_to_close(application=application, actor=ACTOR, at=AT).pk
        finally:
            connection.close()

    assert len(set(together(request, times=3))) == 1
    assert Closing.objects.count() == 1
    with pytest.raises(IntegrityError, match="one_open_closing"), transaction.atomic():
        Closing.objects.create(application=application, asked_at=AT)


@pytest.mark.django_db(transaction=True)
def test_taking_back_and_beginning_at_once_end_in_one_of_both(sent: Sent) -> None:
    closing = confirmed(sent)
    later = AT + HALF_AN_HOUR

    def both() -> str:
        try:
            begin_closing(closing=closing, at=later)
            return withdraw_closing(closing=closing, actor=ACTOR, at=later).status
        except UnableToClose:
            return ClosingStatus.RUNNING
        finally:
            connection.close()

    together(both, times=2)
    closing.refresh_from_db()
    asked = OutsideCheck.objects.filter(kind=CheckKind.CLOSING).count()
    assert (closing.status == ClosingStatus.RUNNING) == (asked == 1)


@pytest.mark.django_db
def test_the_page_from_asking_to_taking_it_back(sent: Sent) -> None:
    application = active()
    assert application.customer.user is not None
    phone = sign_in(Client(headers={"Accept-Language": "en"}), application.customer.user)
    page = reverse("accounts:close", args=[application.ref])
    assert "Nothing is in the way" in phone.get(page).content.decode()
    assert not Closing.objects.exists(), "a GET writes nothing"
    phone.post(page, {"act": "code"})
    wrong = "000000" if sent.code != "000000" else "111111"
    bad = phone.post(page, {"act": "confirm", "code": wrong})
    assert bad.status_code == 422
    assert "wrong or too old" in bad.content.decode()
    shown = phone.post(page, {"act": "confirm", "code": sent.code}, follow=True).content.decode()
    assert "Confirmed, can be taken back" in shown
    assert "Shanghai A shares" in shown
    phone.post(page, {"act": "take_back"})
    assert Closing.objects.get().status == ClosingStatus.WITHDRAWN
