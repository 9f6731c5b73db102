"""An approved application that cannot go on: seen, asked again, taken back, or ended."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.life.states import ClosingStatus
from accounts.models import (
    Application,
    CashAccount,
    Closing,
    CustodyLink,
    MarketAccount,
    OutsideCheck,
    Pack,
)
from accounts.standing.home import tasks
from accounts.states import MarketStatus, SectionStatus, Status, Step, Verdict
from accounts.use_cases import (
    UnableToEnd,
    UnableToFollowUp,
    UnableToReview,
    answer_follow_up,
    approve_application,
    begin_opening,
    propose_verdict,
    reject_application,
    return_application,
    submit_application,
    take_link,
    take_opened,
    withdraw_application,
)
from accounts.use_cases.close_account import ask_to_close
from accounts.use_cases.end_prepared import take_unlinked
from accounts.use_cases.execute_closing import begin_closing, take_closed
from accounts.use_cases.retry_application import retry_application
from accounts.use_cases.unstick import UnableToAsk, ask_again, reopen_review
from brokerage.core import clock
from brokerage.core.roles import Role, sync_roles
from tests.accounts.answers import save
from tests.accounts.factories import ACTOR, AT, NAME, OPENED, a_reviewer, an_application
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
NONE = {
    **OPENED,
    "accounts": [{"type": each, "number": "", "code": "too_many"} for each in ("sh_a", "sz_a")],
}
YES = dict.fromkeys(("identity", "read", "own_will", "secret", "conduct"), "yes")


def answer(row: Application, kind: CheckKind, result: str, *, at: Any = AT) -> OutsideCheck:
    """The current question of a kind is answered; no facts come with it."""
    check = OutsideCheck.objects.current().get(application=row, kind=kind)
    check.status, check.result, check.ended_at = CheckStatus.ANSWERED, result, at
    check.next_attempt_at = None
    check.save()
    return check


def give_up(row: Application, kind: CheckKind) -> None:
    """Nobody answered within the patience of the rule."""
    OutsideCheck.objects.current().filter(application=row, kind=kind).update(
        status=CheckStatus.UNANSWERED, result="", ended_at=AT, next_attempt_at=None
    )


def refused(outlet: Any = None) -> Application:
    """The depository opened nothing of what was asked."""
    row = an_application(Status.OPENING, outlet=outlet)
    answer(row, CheckKind.OPENING, CheckResult.PARTLY)
    take_opened(application=row, facts=NONE, at=AT)
    return Application.objects.get(pk=row.pk)


def test_staff_see_each_account_and_question_and_ask_again() -> None:
    sync_roles()
    outlet = make_unit()
    row = refused(outlet)
    give_up(row, CheckKind.LINK)
    user = staff(Role.OPERATIONS, outlet)
    assert [task.detail for task in tasks(user, AT)] == [
        f"{row} · {row.outlet} · {row.get_status_display()}"
    ]
    desk = desk_of(user)
    url = f"/admin/accounts/application/{row.ref}/"
    page = desk.get(f"{url}change/").content.decode()
    for told in ("Accounts and questions", "has three accounts of this kind already", "No answer"):
        assert told in page
    desk.post(f"{url}act/ask_again/")
    asked = OutsideCheck.objects.current().filter(application=row, status=CheckStatus.ASKED)
    assert set(asked.values_list("kind", flat=True)) >= {"opening", "link"}
    assert set(MarketAccount.objects.values_list("status", flat=True)) == {MarketStatus.REQUESTED}
    assert list(tasks(user, AT)) == []
    with pytest.raises(UnableToAsk):
        ask_again(application=row, actor=ACTOR, at=AT)
    opened = take_opened(application=row, facts=OPENED, at=LATER)
    assert opened.status == Status.VISIT


def test_whom_the_police_did_not_answer_about_is_asked_again() -> None:
    row = an_application(Status.REVIEWING)
    give_up(row, CheckKind.IDENTITY)
    assert ask_again(application=row, actor=ACTOR, at=LATER) == 1
    before, now = OutsideCheck.objects.filter(application=row, kind="identity").order_by("pk")
    assert (before.status, now.status) == (CheckStatus.SUPERSEDED, CheckStatus.ASKED)
    assert now.question_hash == before.question_hash
    assert now.ref != before.ref, "a number of its own, or the old refusal would come back"


def test_a_market_that_is_refused_goes_back_to_the_customer_and_the_rest_opens() -> None:
    row = refused()
    officer = a_reviewer()
    with pytest.raises(UnableToReview, match="Say why"):
        reopen_review(application=row, officer=officer, reason=" ", at=LATER)
    again = reopen_review(application=row, officer=officer, reason="沪深各三户", at=LATER)
    assert (again.status, again.claimed_by, again.decided_by) == (
        Status.REVIEWING,
        officer,
        None,
    )
    back = return_application(
        application=again, officer=officer, steps=[Step.OUTLET], note="沪市已有三户", at=LATER
    )
    save(back, Step.OUTLET, {"outlet": str(back.outlet.ref), "markets": ["SZ"]}, at=LATER)  # type: ignore[union-attr]  # there is one
    sent = submit_application(application=Application.objects.get(), actor=ACTOR, at=LATER)
    proposed = propose_verdict(
        application=sent, officer=officer, verdict=Verdict.APPROVE, at=LATER
    )
    approve_application(application=proposed, officer=a_reviewer(), at=LATER)
    opening = begin_opening(application=proposed, at=LATER)
    assert opening.status == Status.OPENING
    told = dict(MarketAccount.objects.values_list("market", "status"))
    assert told == {"SH": MarketStatus.REFUSED, "SZ": MarketStatus.REQUESTED}
    only = {**OPENED, "accounts": [OPENED["accounts"][1]]}
    assert take_opened(application=opening, facts=only, at=LATER).status == Status.VISIT
    assert CashAccount.objects.count() == CustodyLink.objects.count() == 1


def test_only_what_is_stuck_is_taken_back() -> None:
    fine = an_application(Status.APPROVED)
    with pytest.raises(UnableToReview, match="by itself"):
        reopen_review(application=fine, officer=a_reviewer(), reason="x", at=AT)
    Pack.objects.update(problem="glyphs 𬎆")
    again = reopen_review(application=fine, officer=a_reviewer(), reason="生僻字", at=AT)
    assert again.status == Status.REVIEWING
    assert again.sections.filter(status=SectionStatus.VERIFIED).count() == 0


def test_a_refusal_afterwards_closes_what_was_prepared() -> None:
    row = refused()
    take_link(application=row, result="linked", at=AT)
    first, second = a_reviewer(), a_reviewer()
    again = reopen_review(application=row, officer=first, reason="登记结算拒绝", at=AT)
    proposed = propose_verdict(
        application=again,
        officer=first,
        verdict=Verdict.REJECT,
        refusal="conditions",  # type: ignore[arg-type]
        at=AT,
    )
    done = reject_application(application=proposed, officer=second, at=AT)
    assert (done.status, CashAccount.objects.get().status) == (Status.REJECTED, "closed")
    asked = OutsideCheck.objects.get(application=row, kind=CheckKind.UNLINK)
    assert asked.status == CheckStatus.ASKED
    for _twice in range(2):
        take_unlinked(application=row, at=LATER)
    assert CustodyLink.objects.get().status == "closed"
    assert retry_application(application=done, actor=ACTOR, at=LATER).status == Status.DRAFT


def test_the_customer_takes_it_back_until_something_opens() -> None:
    with pytest.raises(UnableToEnd, match="being opened"):
        withdraw_application(application=an_application(Status.OPENING), actor=ACTOR, at=AT)
    row = Application.objects.get()
    answer(row, CheckKind.OPENING, CheckResult.REFUSED)
    ended = withdraw_application(application=row, actor=ACTOR, at=AT)
    assert (ended.status, ended.decided_by, ended.ended_at) == (Status.WITHDRAWN, None, AT)
    assert set(MarketAccount.objects.values_list("status", flat=True)) == {MarketStatus.REFUSED}
    assert CustodyLink.objects.get().status == "closed"
    take_link(application=row, result="linked", at=LATER)
    late = OutsideCheck.objects.get(application=row, kind=CheckKind.UNLINK)
    assert late.status == CheckStatus.ASKED, "a bank that links late is asked to end it"


def test_who_says_no_at_the_end_has_the_accounts_closed() -> None:
    row = an_application(Status.VISIT)
    user = row.customer.user
    assert user is not None
    phone = sign_in(Client(headers={"Accept-Language": "en"}), user)
    assert f"/open/{row.ref}/close/" in phone.get(f"/open/{row.ref}/").content.decode()
    closing = ask_to_close(application=row, actor=ACTOR, at=AT)
    with pytest.raises(UnableToFollowUp, match="closing"):
        answer_follow_up(application=row, answers=YES, actor=ACTOR, at=AT)
    person = {"name": NAME, "document": "resident_id", "number": "1"}
    closing.signer = json.dumps(person)
    closing.status, closing.confirmed_at = ClosingStatus.CONFIRMED, AT
    closing.begins_at = closing.due_at = AT
    closing.save()
    begin_closing(closing=closing, at=LATER)
    closed = [{"number": each["number"], "code": ""} for each in OPENED["accounts"]]  # type: ignore[index]
    facts = {"accounts": closed}
    take_closed(application=row, kind="closing", result="closed", facts=facts, at=LATER)
    take_closed(application=row, kind="unlink", result="unlinked", facts={}, at=LATER)
    assert Closing.objects.get().status == ClosingStatus.DONE
    row.refresh_from_db()
    assert (row.status, CashAccount.objects.get().status) == (Status.WITHDRAWN, "closed")


@pytest.mark.parametrize("status", [Status.REVIEWING, Status.APPROVED, Status.OPENING])
def test_while_it_goes_on_by_itself_nobody_is_shown_a_task(status: Status) -> None:
    sync_roles()
    outlet = make_unit()
    an_application(status, outlet=outlet)
    assert list(tasks(staff(Role.OPERATIONS, outlet), clock.now())) == []
