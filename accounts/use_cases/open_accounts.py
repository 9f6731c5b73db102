"""After the approval: ask depository and bank for the accounts, and take what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.dated import follow_up_terms
from accounts.events import AccountsOpened, OpeningBegan
from accounts.evidence.states import CheckKind, CheckStatus
from accounts.gateways.bank import CardQuestion, LinkQuestion
from accounts.gateways.base import Person
from accounts.gateways.depository import OpenQuestion
from accounts.models import (
    Application,
    CashAccount,
    CustodyLink,
    FollowUp,
    MarketAccount,
    OneCodeAccount,
)
from accounts.rules.holdings import KIND_OF
from accounts.states import LEFT_OUT, LinkStatus, MarketStatus, OneCodeStatus, Status, Step
from accounts.use_cases.outside_checks import repeat_check, request_check
from accounts.use_cases.writing import keep, lock
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.open_accounts")


def begin_opening(*, application: Application, at: datetime) -> Application:
    """Make the accounts of an approved application and ask for them. Again, it changes nothing.

    While evidence is missing it waits: the event of what was missing tries again.

    Args:
        application: locked here.
        at: the instant; the depository is asked in its next window.
    """
    from accounts.evidence.verification import missing_evidence  # reads PDFs: slow to import

    with transaction.atomic():
        row = lock(application)
        if row.status != Status.APPROVED or missing_evidence(row):
            return row
        answers = {part.step: part.answers for part in row.sections.all()}
        markets = answers[Step.OUTLET]["markets"]
        one_code, _made = OneCodeAccount.objects.get_or_create(
            customer=row.customer, defaults={"status_since": at}
        )
        cash, _made = CashAccount.objects.get_or_create(
            application=row, defaults={"customer": row.customer, "status_since": at}
        )
        _want_link(cash, answers[Step.BANK]["bank"], at)
        _want_markets(row, markets, at)
        row.move_to(Status.OPENING)
        keep(row, OpeningBegan, actor=ACTOR, at=at, was=Status.APPROVED)
        _ask(row, answers, one_code, cash, at)
    return row


def take_opened(
    *, application: Application, facts: Mapping[str, Any], at: datetime
) -> Application:
    """Keep what the depository answered; with at least one account the follow-up begins.

    Args:
        application: locked here; a second answer changes nothing.
        facts: of `gateways.depository.Opened`.
        at: the instant.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status != Status.OPENING:
            return row
        market_of = {kind: market for market, kind in KIND_OF.items()}
        said = {market_of[each["type"]]: each for each in facts["accounts"]}
        opened: list[str] = []
        refused: list[str] = []
        for account in row.market_accounts.filter(status=MarketStatus.REQUESTED):
            answer = said[account.market]
            account.number = answer["number"] or None
            account.refusal = "" if account.number else answer["code"] or "refused"
            account.move_to(MarketStatus.OPEN if account.number else MarketStatus.REFUSED)
            account.status_since = at
            account.save()
            (opened if account.number else refused).append(account.market)
        if not opened:
            return row  # the desk sees the refusals and asks again, or reviews it again
        _take_one_code(row, facts["one_code"], at)
        terms = follow_up_terms(business_date(at))
        FollowUp.objects.create(
            application=row,
            due_at=at + timedelta(days=terms.days),
            script_version=terms.version,
        )
        row.move_to(Status.VISIT)
        return keep(
            row,
            AccountsOpened,
            actor=ACTOR,
            at=at,
            was=Status.OPENING,
            rule_version=terms.version,
            markets=tuple(opened),
            refused=tuple(refused),
        )


def _want_link(cash: CashAccount, bank: str, at: datetime) -> None:
    """The link that is asked for; one that an earlier approval brought stays with its bank."""
    link, made = CustodyLink.objects.get_or_create(
        cash=cash, defaults={"bank": bank, "status_since": at}
    )
    if made or link.status not in (LinkStatus.REQUESTED, LinkStatus.REFUSED):
        return
    if link.status == LinkStatus.REFUSED:
        link.move_to(LinkStatus.REQUESTED)
    link.bank, link.status_since = bank, at
    link.save()


def _want_markets(row: Application, markets: Sequence[str], at: datetime) -> None:
    """One requested account for each market that is wanted now; others are left out."""
    known = {account.market: account for account in row.market_accounts.all()}
    MarketAccount.objects.bulk_create(
        MarketAccount(application=row, market=market, status_since=at)
        for market in markets
        if market not in known
    )
    for market, account in known.items():
        wanted = market in markets
        if wanted == (account.status == MarketStatus.REQUESTED):
            continue
        account.refusal = "" if wanted else LEFT_OUT
        account.move_to(MarketStatus.REQUESTED if wanted else MarketStatus.REFUSED)
        account.status_since = at
        account.save()


def _take_one_code(row: Application, number: str, at: datetime) -> None:
    one_code = OneCodeAccount.objects.select_for_update().get(customer=row.customer)
    if one_code.status == OneCodeStatus.REQUESTED:
        one_code.number = number
        one_code.move_to(OneCodeStatus.NORMAL)
        one_code.status_since = at
        one_code.save()


def _ask(
    row: Application,
    answers: Mapping[str, Mapping[str, Any]],
    one_code: OneCodeAccount,
    cash: CashAccount,
    at: datetime,
) -> None:
    document, bank = answers[Step.IDENTITY], answers[Step.BANK]
    person = Person(document["name"], row.customer.id_type, document["id_number"])
    kinds = tuple(KIND_OF[market] for market in answers[Step.OUTLET]["markets"])
    opening = request_check(
        application=row,
        kind=CheckKind.OPENING,
        question=OpenQuestion(person, kinds, one_code.number or ""),
        actor=ACTOR,
        at=at,
    )
    if opening.status != CheckStatus.ASKED:  # answered before an approval was taken back
        repeat_check(check=opening, actor=ACTOR, at=at)
    if cash.link.status != LinkStatus.REQUESTED:
        return
    card = CardQuestion(person, bank["bank"], bank["card"], row.customer.phone)
    request_check(
        application=row,
        kind=CheckKind.LINK,
        question=LinkQuestion(card, str(cash.ref)),
        actor=ACTOR,
        at=at,
    )
