"""What follows a wish for another market: the accounts are counted, one is opened or refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.evidence.states import CheckKind, CheckStatus
from accounts.gateways.base import Person
from accounts.gateways.depository import OpenQuestion
from accounts.later_markets.events import MarketOpened, MarketRefused, WishEvent
from accounts.later_markets.states import NotOpened, WishStatus
from accounts.life.states import Ability
from accounts.models import (
    Application,
    MarketAccount,
    MarketWish,
    OneCodeAccount,
    OutsideCheck,
)
from accounts.rules.holdings import KIND_OF, full_markets
from accounts.selectors import stopped_abilities
from accounts.states import MarketStatus
from accounts.use_cases.outside_checks import repeat_check, request_check
from accounts.use_cases.writing import lock
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

ACTOR = Actor.system("accounts.open_later_market")


def take_counted(*, application: Application, at: datetime) -> None:
    """The depository said how many accounts the person has; a second answer changes nothing.

    Args:
        application: locked here.
        at: the instant.
    """
    with transaction.atomic():
        row = _open_one(lock(application), WishStatus.ASKED, WishStatus.SIGNED)
        if row is not None:
            go_on(row, at)


def take_later_market(
    *, application: Application, facts: Mapping[str, Any], refusal: str, at: datetime
) -> None:
    """Keep what the depository opened or refused; a second answer changes nothing.

    Args:
        application: locked here.
        facts: of `gateways.depository.Opened`; empty where it refused the question itself.
        refusal: its word then.
        at: the instant.
    """
    with transaction.atomic():
        row = _open_one(lock(application), WishStatus.OPENING)
        if row is None:
            return
        account = MarketAccount.objects.select_for_update().get(
            application=row.application, market=row.market
        )
        said = {each["type"]: each for each in facts.get("accounts", ())}
        answer = said.get(KIND_OF[row.market], {})
        account.number = answer.get("number") or None
        account.refusal = "" if account.number else answer.get("code") or refusal or "refused"
        account.move_to(MarketStatus.OPEN if account.number else MarketStatus.REFUSED)
        account.status_since = at
        account.save()
        if account.number:
            _end(row, WishStatus.DONE, at)
            tell(row, MarketOpened, ACTOR, at)
        else:
            _refuse(row, account.refusal, at)


def go_on(row: MarketWish, at: datetime) -> None:
    """After the count or the signature, whichever comes last; who has three is told at once.

    While buying is closed nothing is opened; it waits.

    Args:
        row: locked after its application, asked or signed.
        at: the instant.
    """
    check = _counted(row)
    silent = check is None or check.status == CheckStatus.UNANSWERED
    if check is None or silent or check.status == CheckStatus.ASKED or check.ended_at is None:
        if silent and row.status == WishStatus.SIGNED:
            count(row.application, ACTOR, at)
        return
    if not check.facts:  # the depository refused the question itself
        _refuse(row, check.refusal, at)
    elif full_markets(check.facts["accounts"], [row.market]):
        _refuse(row, NotOpened.TOO_MANY.value, at, counted=True)
    elif row.status == WishStatus.SIGNED and Ability.BUY not in stopped_abilities(row.application):
        if business_date(check.ended_at) == business_date(at):
            _open(row, at)
        else:  # counted on another day, before the signature
            count(row.application, ACTOR, at)


def _open(row: MarketWish, at: datetime) -> None:
    account, made = MarketAccount.objects.get_or_create(
        application=row.application, market=row.market, defaults={"status_since": at}
    )
    if not made:  # refused before, at the opening or since
        account.move_to(MarketStatus.REQUESTED)
        account.refusal, account.status_since = "", at
        account.save()
    row.move_to(WishStatus.OPENING)
    row.save()
    customer = row.application.customer
    one_code = OneCodeAccount.objects.get(customer=customer)
    number = one_code.number or ""
    question = OpenQuestion(Person.of(customer), (KIND_OF[row.market],), number)
    _ask_anew(row.application, CheckKind.LATER_OPEN, question, ACTOR, at)


def count(application: Application, actor: Actor, at: datetime) -> None:
    """Ask the depository how many accounts the customer of a locked application has."""
    _ask_anew(application, CheckKind.LATER_HELD, Person.of(application.customer), actor, at)


def _ask_anew(
    application: Application, kind: CheckKind, question: Any, actor: Actor, at: datetime
) -> None:
    """Ask, also what was answered to an earlier wish."""
    check = request_check(
        application=application, kind=kind, question=question, actor=actor, at=at
    )
    if check.status == CheckStatus.ANSWERED:
        repeat_check(check=check, actor=actor, at=at)


def _refuse(row: MarketWish, code: str, at: datetime, *, counted: bool = False) -> None:
    row.refusal = NotOpened.of(code).value
    _end(row, WishStatus.REFUSED, at)
    tell(row, MarketRefused, ACTOR, at, refusal=row.refusal, code="" if counted else code)


def _end(row: MarketWish, status: WishStatus, at: datetime) -> None:
    row.move_to(status)
    row.ended_at, row.code_hash = at, ""
    row.save()


def _counted(row: MarketWish) -> OutsideCheck | None:
    checks = OutsideCheck.objects.current()
    return checks.filter(application=row.application, kind=CheckKind.LATER_HELD).first()


def _open_one(application: Application, *statuses: WishStatus) -> MarketWish | None:
    rows = MarketWish.objects.select_for_update(of=("self",)).select_related("text")
    row = rows.filter(application=application, status__in=statuses).first()
    if row is not None:
        row.application = application
    return row


def tell(
    row: MarketWish, event: type[WishEvent], actor: Actor, at: datetime, **facts: Any
) -> None:
    """Record what happened to a wish."""
    made = event(subject=row.application.ref, wish=row.ref, market=row.market, **facts)
    record(made, actor=actor, at=at)
