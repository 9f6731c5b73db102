"""The custody bank: finished at the bank, mended after a refusal, changed with its blockers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.banking import home
from accounts.banking.selectors import blockers_of
from accounts.banking.states import Blocker, ChangeStatus
from accounts.banking.tasks import ask_banks_again
from accounts.evidence.states import CheckKind, CheckStatus
from accounts.life.obstacles import obstacles_of
from accounts.life.states import Obstacle
from accounts.models import Application, BankChange, CustodyLink, OutsideCheck
from accounts.selectors import capabilities
from accounts.signing.codes import CodeWrong
from accounts.states import Status
from accounts.use_cases import begin_opening, take_link
from accounts.use_cases.change_bank import (
    UnableToChangeBank,
    ask_to_change_bank,
    confirm_bank_change,
    send_bank_code,
    take_back_bank_change,
    take_link_state,
    take_relink,
)
from accounts.use_cases.close_account import ask_to_close
from accounts.use_cases.link_bank import ask_now
from accounts.use_cases.outside_checks import ask
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.models import Entry
from brokerage.users.models import User
from tests.accounts.aml.factories import a_freeze
from tests.accounts.factories import ACTOR, AT, an_application
from tests.accounts.life.test_closing import PHONE, Sent
from tests.accounts.proofs import prove
from tests.customers.factories import a_user
from tests.threads import together
from tests.users.factories import sign_in

GOOD, BLOCKED, OTHERS = "6222021234567890128", "6222020000009905", "6222020000009901"
MINUTES = timedelta(minutes=5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    from accounts.signing import codes

    kept = Sent()
    monkeypatch.setattr(codes, "code_sender", lambda: kept)
    return kept


def active() -> Application:
    return an_application(Status.ACTIVE)


def worked(kind: CheckKind, at: Any) -> OutsideCheck:
    """The worker asks the sandbox, and the deliveries of its answer are made."""
    check = ask(check=OutsideCheck.objects.current().get(kind=kind), at=at)
    while deliver_pending(at=at):
        pass
    return check


def confirmed(
    sent: Sent, bank: str = "BOC", card: str = GOOD, application: Application | None = None
) -> BankChange:
    row = application or active()
    change = ask_to_change_bank(application=row, bank=bank, card=card, actor=ACTOR, at=AT)
    send_bank_code(change=change, phone=PHONE, language="en", at=AT)
    return confirm_bank_change(change=change, code=sent.code, phone=PHONE, actor=ACTOR, at=AT)


def link() -> tuple[str, str]:
    row = CustodyLink.objects.get()
    return row.bank, row.status


def opened_at_bank() -> Application:
    """An application whose bank completes in its app."""
    application = an_application(Status.APPROVED)
    prove(application, at=AT)
    begin_opening(application=application, at=AT)
    take_link(application=application, result="at_bank", at=AT)
    return application


def refused() -> Application:
    """An active account without a bank."""
    application = active()
    CustodyLink.objects.update(status="refused")
    return application


def test_what_is_finished_at_the_bank_becomes_linked_without_anybody_here() -> None:
    opened_at_bank()
    check = worked(CheckKind.LINK_STATE, AT)
    assert (check.status, link()) == (CheckStatus.ASKED, ("ICBC", "at_bank"))
    worked(CheckKind.LINK_STATE, AT + MINUTES)
    assert link() == ("ICBC", "linked")
    take_link_state(application=Application.objects.get(), bank="ICBC", result="lapsed", at=AT)
    assert link() == ("ICBC", "linked"), "a second answer changes nothing"
    kinds = Entry.objects.filter(kind__startswith="accounts.link_").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "accounts.link_to_finish",
        "accounts.link_finished",
    ]


def test_a_bank_without_news_is_asked_again_the_next_day_and_at_once_where_it_is_finished() -> (
    None
):
    application = opened_at_bank()
    first = OutsideCheck.objects.current().get(kind=CheckKind.LINK_STATE)
    ask_banks_again(0)
    assert OutsideCheck.objects.current().get(kind=CheckKind.LINK_STATE) == first, "it runs still"
    later = AT + timedelta(days=4)
    ask(check=first, at=later)
    first.refresh_from_db()
    assert first.status == CheckStatus.UNANSWERED
    ask_banks_again(0)
    second = OutsideCheck.objects.current().get(kind=CheckKind.LINK_STATE)
    assert (second.status, second == first) == (CheckStatus.ASKED, False)
    OutsideCheck.objects.filter(pk=second.pk).update(next_attempt_at=AT + timedelta(minutes=15))
    ask_now(application=application, at=AT)
    second.refresh_from_db()
    assert second.next_attempt_at == AT
    OutsideCheck.objects.filter(pk=second.pk).update(next_attempt_at=AT + timedelta(minutes=1))
    ask_now(application=application, at=AT)
    second.refresh_from_db()
    assert second.next_attempt_at == AT + timedelta(minutes=1), "not more than every two minutes"


def test_who_does_not_come_to_the_bank_in_time_may_name_another() -> None:
    application = opened_at_bank()
    take_link_state(application=application, bank="ICBC", result="lapsed", at=AT)
    assert link() == ("ICBC", "refused")


def test_a_refused_link_is_mended_with_another_bank(sent: Sent) -> None:
    change = confirmed(sent, application=refused())
    assert (change.status, change.replaces) == (ChangeStatus.RUNNING, "")
    asked = worked(CheckKind.RELINK, AT)
    assert asked.asks["request"] == str(change.ref)
    assert link() == ("BOC", "linked")
    assert all(each.ready for each in capabilities(change.application))


def test_a_mend_that_is_finished_at_the_bank(sent: Sent) -> None:
    change = confirmed(sent, bank="ABC", application=refused())
    worked(CheckKind.RELINK, AT)
    change.refresh_from_db()
    assert (change.status, link()) == (ChangeStatus.AT_BANK, ("ABC", "at_bank"))
    worked(CheckKind.LINK_STATE, AT)
    worked(CheckKind.LINK_STATE, AT + MINUTES)
    change.refresh_from_db()
    assert (change.status, link()) == (ChangeStatus.DONE, ("ABC", "linked"))


def test_a_change_with_blockers_leaves_the_bank_as_it_was(sent: Sent) -> None:
    change = confirmed(sent, card=BLOCKED)
    asked = worked(CheckKind.RELINK, AT)
    assert asked.asks["replaces"] == "ICBC"
    change.refresh_from_db()
    assert (change.status, change.blockers) == (ChangeStatus.BLOCKED, ["cash", "orders"])
    assert link() == ("ICBC", "linked")
    assert all(each.label and each.todo for each in blockers_of(change))
    again = confirmed(sent, application=change.application)
    assert worked(CheckKind.RELINK, AT).asks["request"] == str(again.ref), "asked anew, not reused"
    assert link() == ("BOC", "linked")


@pytest.mark.parametrize(
    ("result", "facts", "blockers"),
    [
        ("", {}, ["unanswered"]),
        ("refused", {}, ["card"]),
        ("blocked", {"blockers": ["debt", "weather"]}, ["debt"]),
        ("blocked", {}, ["unknown"]),
    ],
)
def test_whatever_a_bank_has_against_it_is_told(sent: Sent, result, facts, blockers) -> None:
    change = confirmed(sent)
    for _twice in range(2):
        take_relink(application=change.application, result=result, facts=facts, at=AT)
    change.refresh_from_db()
    assert change.blockers == blockers
    assert Entry.objects.filter(kind="accounts.bank_change_blocked").count() == 1
    assert link() == ("ICBC", "linked")


def test_somebody_elses_card_is_refused_by_the_bank(sent: Sent) -> None:
    change = confirmed(sent, card=OTHERS)
    worked(CheckKind.RELINK, AT)
    change.refresh_from_db()
    assert change.blockers == [Blocker.CARD]


def test_a_code_counts_for_one_bank_and_card_only(sent: Sent) -> None:
    application = active()
    change = ask_to_change_bank(application=application, bank="BOC", card=GOOD, actor=ACTOR, at=AT)
    send_bank_code(change=change, phone=PHONE, language="en", at=AT)
    same = ask_to_change_bank(application=application, bank="CCB", card=GOOD, actor=ACTOR, at=AT)
    assert (same, same.bank) == (change, "CCB")
    with pytest.raises(CodeWrong):
        confirm_bank_change(change=same, code=sent.code, phone=PHONE, actor=ACTOR, at=AT)
    assert not OutsideCheck.objects.filter(kind=CheckKind.RELINK).exists()


def test_a_change_and_a_closing_do_not_run_together(sent: Sent) -> None:
    change = confirmed(sent)
    application = change.application
    assert Obstacle.BANK_CHANGE in [each.kind for each in obstacles_of(application)]
    with pytest.raises(UnableToChangeBank, match="has it already"):
        take_back_bank_change(change=change, actor=ACTOR, at=AT)
    worked(CheckKind.RELINK, AT)
    ask_to_close(application=application, actor=ACTOR, at=AT)
    with pytest.raises(UnableToChangeBank, match="closing this account"):
        ask_to_change_bank(application=application, bank="CCB", card=GOOD, actor=ACTOR, at=AT)


@pytest.mark.parametrize("status", [Status.APPROVED, Status.OPENING, Status.VISIT])
def test_a_bank_is_not_changed_before_the_account_is_active(status) -> None:
    application = an_application(status)
    with pytest.raises(UnableToChangeBank):
        ask_to_change_bank(application=application, bank="BOC", card=GOOD, actor=ACTOR, at=AT)


def test_where_nothing_moves_by_law_the_bank_stays() -> None:
    application = active()
    a_freeze(application.customer)
    with pytest.raises(UnableToChangeBank, match="at the moment; ask our service"):
        ask_to_change_bank(application=application, bank="BOC", card=GOOD, actor=ACTOR, at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_change() -> None:
    application = active()

    def request() -> int:
        try:
            return ask_to_change_bank(
                application=application, bank="BOC", card=GOOD, actor=ACTOR, at=AT
            ).pk
        finally:
            connection.close()

    assert len(set(together(request, times=3))) == 1
    with pytest.raises(IntegrityError, match="one_open_bank_change"), transaction.atomic():
        BankChange.objects.create(application=application, bank="BOC", card="1", asked_at=AT)


def test_the_page_from_another_card_to_the_linked_bank(sent: Sent) -> None:
    application = active()
    assert application.customer.user is not None
    phone = sign_in(Client(headers={"Accept-Language": "en"}), application.customer.user)
    page = reverse("accounts:bank", args=[application.ref])
    assert page in phone.get(application.get_absolute_url()).content.decode()
    assert "This bank keeps your trading money" in phone.get(page).content.decode()
    assert not BankChange.objects.exists(), "a GET writes nothing"
    other = {"act": "ask", "bank": "BOC", "card": GOOD, "own_name": "no"}
    bad = phone.post(page, other)
    assert (bad.status_code, BankChange.objects.exists()) == (422, False)
    phone.post(page, {**other, "own_name": "yes"})
    change = BankChange.objects.get()
    shown = phone.get(page).content.decode()
    assert GOOD not in shown
    wrong = "000000" if sent.code != "000000" else "111111"
    assert (
        "wrong or too old" in phone.post(page, {"act": "confirm", "code": wrong}).content.decode()
    )
    phone.post(page, {"act": "confirm", "code": sent.code})
    take_relink(
        application=application, result="blocked", facts={"blockers": ["transfers"]}, at=AT
    )
    shown = phone.get(page).content.decode()
    assert "Money was transferred today" in shown
    assert "your present bank keeps your money" in shown
    change.refresh_from_db()
    assert change.status == ChangeStatus.BLOCKED
    stranger = sign_in(Client(), a_user("+8613900139111"))
    assert stranger.get(page).status_code == 404


def test_the_home_names_the_bank_as_long_as_it_waits() -> None:
    application = refused()
    user = application.customer.user
    assert user is not None
    assert [card.key for card in home.cards(user, AT)] == ["accounts.bank"]
    CustodyLink.objects.update(status="linked")
    user = User.objects.get(pk=user.pk)
    assert list(home.cards(user, AT)) == []
