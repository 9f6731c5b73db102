"""Close what an approval prepared when the application ends all the same."""

from __future__ import annotations

from datetime import datetime

from accounts.evidence.states import CheckKind
from accounts.gateways.bank import UnlinkQuestion
from accounts.gateways.base import Person
from accounts.models import Application, CashAccount, CustodyLink
from accounts.states import CashStatus, LinkStatus, MarketStatus
from accounts.use_cases.outside_checks import drop_question, request_check
from brokerage.journal.actors import Actor

AT_A_BANK = (LinkStatus.LINKED, LinkStatus.AT_BANK)
NOT_OPENED = "ended"
"""The refusal of a market account that nobody asks for any more."""


def end_prepared(*, application: Application, actor: Actor, at: datetime) -> None:
    """Close the prepared cash account, and have a bank that linked it end the link.

    Nothing is open at the depository then: its accounts are closed by `execute_closing`.

    Args:
        application: ends without an account; locked by the caller.
        actor: who ends it.
        at: the instant.
    """
    cash = CashAccount.objects.select_for_update().filter(application=application).first()
    if cash is None or cash.status != CashStatus.PREPARED:
        return
    for account in application.market_accounts.filter(status=MarketStatus.REQUESTED):
        account.refusal, account.status_since = NOT_OPENED, at
        account.move_to(MarketStatus.REFUSED)
        account.save()
    _close(cash, CashStatus.CLOSED, at)
    link = CustodyLink.objects.select_for_update().get(cash=cash)
    drop_question(application=application, kind=CheckKind.LINK_STATE)
    if link.status in AT_A_BANK:
        ask_to_unlink(application=application, link=link, actor=actor, at=at)
    elif link.status != LinkStatus.CLOSED:
        _close(link, LinkStatus.CLOSED, at)


def ask_to_unlink(
    *, application: Application, link: CustodyLink, actor: Actor, at: datetime
) -> None:
    """Ask the bank to end a link of an account that never opened.

    Args:
        application: whose account; its identity was confirmed at the approval.
        link: at the bank.
        actor: who ends it.
        at: the instant.
    """
    known = application.customer
    person = Person(known.name or "", known.id_type, known.id_number or "")
    question = UnlinkQuestion(person, link.bank, str(link.cash.ref), f"{application.ref}/ended")
    request_check(
        application=application, kind=CheckKind.UNLINK, question=question, actor=actor, at=at
    )


def take_unlinked(*, application: Application, at: datetime) -> None:
    """The bank ended the link of an account that never opened; a second answer changes nothing."""
    links = CustodyLink.objects.select_for_update().filter(
        cash__application=application, cash__status=CashStatus.CLOSED, status__in=AT_A_BANK
    )
    for link in links:
        _close(link, LinkStatus.CLOSED, at)


def _close(row: CashAccount | CustodyLink, status: str, at: datetime) -> None:
    row.move_to(status)
    row.status_since = at
    row.save()
