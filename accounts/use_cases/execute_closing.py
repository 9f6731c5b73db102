"""Close what a customer confirmed: the depository first, then the bank, then our own account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.evidence.states import CheckKind, CheckResult
from accounts.gateways.bank import UnlinkQuestion
from accounts.gateways.base import Person
from accounts.gateways.depository import CloseQuestion, ClosingAccount
from accounts.life.events import AccountClosed, ClosingBegan, ClosingHeld
from accounts.life.obstacles import obstacles_of
from accounts.life.states import ClosingStatus
from accounts.models import (
    Application,
    CashAccount,
    Closing,
    CustodyLink,
    MarketAccount,
    OneCodeAccount,
)
from accounts.rules.holdings import KIND_OF
from accounts.states import CashStatus, LinkStatus, MarketStatus, Status
from accounts.use_cases.close_account import locked, tell
from accounts.use_cases.end_application import end_after_closing
from accounts.use_cases.outside_checks import request_check
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.close_accounts")
LINKED = (LinkStatus.LINKED, LinkStatus.AT_BANK)


def begin_closing(*, closing: Closing, at: datetime) -> Closing:
    """Ask the depository to close the market accounts, once nobody can take it back any more.

    What came in the way meanwhile is told to the customer, and the closing waits.

    Args:
        closing: locked here; one that was taken back or runs already stays.
        at: the instant; the depository is asked in its next window.
    """
    with transaction.atomic():
        row = locked(closing)
        if row.status != ClosingStatus.CONFIRMED or row.begins_at is None or at < row.begins_at:
            return row
        if found := obstacles_of(row.application):
            return _hold(row, f"obstacle_{found[0].kind}", at)
        row.move_to(ClosingStatus.RUNNING)
        row.problem = ""
        tell(row, ClosingBegan, ACTOR, at)
        _go_on(row, ACTOR, at)
        return row


def ask_again(*, closing: Closing, actor: Actor, at: datetime) -> Closing:
    """Ask whoever refused or did not answer once more; without a problem it changes nothing."""
    with transaction.atomic():
        row = locked(closing)
        if row.status == ClosingStatus.RUNNING and row.problem:
            row.problem = ""
            _go_on(row, actor, at)
        return row


def take_closed(
    *, application: Application, kind: str, result: str, facts: Mapping[str, Any], at: datetime
) -> None:
    """Keep what depository or bank answered, and go on; a second answer changes nothing.

    Args:
        application: whose closing runs; locked here.
        kind: CheckKind CLOSING or UNLINK.
        result: of the check; empty where nobody answered.
        facts: of `gateways.depository.Closed` or `gateways.bank.UnlinkAnswer`.
        at: the instant.
    """
    running = Closing.objects.filter(application=application, status=ClosingStatus.RUNNING).first()
    if running is None:
        return
    with transaction.atomic():
        row = locked(running)
        if row.status != ClosingStatus.RUNNING:
            return
        if kind == CheckKind.CLOSING:
            problem = _close_markets(row, facts, at)
        else:
            problem = _close_link(row, result, facts, at)
        if problem or not result:
            _hold(row, problem or "unanswered", at)
        else:
            _go_on(row, ACTOR, at)


def _go_on(row: Closing, actor: Actor, at: datetime) -> None:
    """The next thing to do: market accounts, then the link, then our own account."""
    row.tries += 1
    markets = list(row.application.market_accounts.filter(status=MarketStatus.OPEN))
    person = Person(**json.loads(row.signer or "{}"))
    request = f"{row.ref}/{row.tries}"
    if markets:
        one_code = OneCodeAccount.objects.get(customer=row.application.customer)
        accounts = tuple(
            ClosingAccount(KIND_OF[each.market], each.number or "") for each in markets
        )
        closing = CloseQuestion(person, one_code.number or "", accounts, request)
        _ask(row, CheckKind.CLOSING, closing, actor, at)
    elif link := _link_of(row).filter(status__in=LINKED).first():
        unlink = UnlinkQuestion(person, link.bank, str(link.cash.ref), request)
        _ask(row, CheckKind.UNLINK, unlink, actor, at)
    else:
        _finish(row, at)
    row.save()


def _ask(row: Closing, kind: CheckKind, question: Any, actor: Actor, at: datetime) -> None:
    request_check(application=row.application, kind=kind, question=question, actor=actor, at=at)


def _close_markets(row: Closing, facts: Mapping[str, Any], at: datetime) -> str:
    """Close what the depository closed; the code of a refusal, or nothing."""
    problem = "" if facts else "refused"
    said = {each["number"]: each["code"] for each in facts.get("accounts", ())}
    rows = MarketAccount.objects.select_for_update().filter(
        application=row.application, status=MarketStatus.OPEN
    )
    for account in rows:
        if code := said.get(account.number or "", "refused"):
            problem = code
            continue
        account.move_to(MarketStatus.CLOSED)
        account.status_since = at
        account.save()
    return problem


def _close_link(row: Closing, result: str, facts: Mapping[str, Any], at: datetime) -> str:
    if result != CheckResult.UNLINKED:
        return next(iter(facts.get("blockers", ())), "refused") if result else ""
    for link in _link_of(row).select_for_update(of=("self",)).filter(status__in=LINKED):
        link.move_to(LinkStatus.CLOSED)
        link.status_since = at
        link.save()
    return ""


def _link_of(row: Closing) -> Any:
    return CustodyLink.objects.select_related("cash").filter(cash__application=row.application)


def _finish(row: Closing, at: datetime) -> None:
    cash = CashAccount.objects.select_for_update().get(application=row.application)
    cash.move_to(CashStatus.CLOSED)
    cash.status_since = at
    cash.save()
    row.move_to(ClosingStatus.DONE)
    row.ended_at = at
    if row.application.status == Status.VISIT:  # never used: what opened it ends with it
        end_after_closing(application=row.application, actor=ACTOR, at=at)
    others = CashAccount.objects.filter(
        customer=row.application.customer, status=CashStatus.ACTIVE
    )
    if not others.exists():  # from now on the years of keeping run
        Customer.objects.filter(pk=row.application.customer_id).update(closed_at=at)
    tell(row, AccountClosed, ACTOR, at)


def _hold(row: Closing, problem: str, at: datetime) -> Closing:
    if row.problem != problem:
        row.problem = problem[:40]
        row.save()
        tell(row, ClosingHeld, ACTOR, at, problem=row.problem)
    return row
