"""A customer asks for another market: asked, signed with a code, counted and opened outside."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.evidence.states import CheckKind
from accounts.gateways import Person
from accounts.later_markets.events import MarketAsked, MarketSigned, MarketTakenBack
from accounts.later_markets.states import WISH_OPEN, WishStatus
from accounts.models import Application, MarketWish
from accounts.permissions.hard_stops import account_stops
from accounts.signing import codes
from accounts.signing.texts import OF_MARKETS, text_at
from accounts.signing.typesetting import cannot_print
from accounts.states import MarketStatus, Status
from accounts.terms import Market
from accounts.use_cases.go_on_with_market import count, go_on, tell
from accounts.use_cases.outside_checks import drop_question
from accounts.use_cases.writing import lock
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor

CODE_TEXT = "accounts.code.market"


class UnableToOpenMarket(codes.UnableToSign):
    """Another market is refused; the message is translated and may be shown."""


def ask_for_market(
    *, application: Application, market: str, language: str, actor: Actor, at: datetime
) -> MarketWish:
    """The open wish for this market: the one there is, or a new one. Its text is shown from now.

    The depository is asked at once how many accounts the person has, so that who has three hears
    it before the signature where it answers in time.

    Args:
        application: locked here, so that of two that ask at once one wish comes.
        market: code of a market.
        language: zh-hans or en; the customer signs what they read.
        actor: the customer.
        at: the instant; decides which version of the text is in force.

    Raises:
        UnableToOpenMarket: when the account is not open or limited, has this market, or another
            one is on its way.
    """
    with transaction.atomic():
        row = lock(application)
        _refuse_unless_possible(row, market)
        text = text_at(OF_MARKETS + market, at, language)
        if text is None:
            raise UnableToOpenMarket(_("This market cannot be opened here yet."))
        wish = MarketWish.objects.filter(application=row, status__in=WISH_OPEN).first()
        if wish and (wish.market != market or wish.status != WishStatus.ASKED):
            raise UnableToOpenMarket(_("One is on its way already. Load the page again."))
        if wish and wish.text_id == text.pk:
            return wish
        wish = wish or MarketWish(application=row, market=market, asked_at=at)
        known = wish.pk is not None  # it was asked for before this text
        wish.text, wish.text_opened_at, wish.text_read_at = text, at, None
        wish.code_hash = ""
        wish.save()
        if not known:
            tell(wish, MarketAsked, actor, at)
            count(row, actor, at)
        return wish


def send_market_code(*, wish: MarketWish, phone: str, language: str, at: datetime) -> None:
    """The text was read: send a code that counts for exactly this market and text.

    Args:
        wish: locked here.
        phone: the customer's number, E.164.
        language: of the message.
        at: the instant.

    Raises:
        UnableToOpenMarket: before the shortest reading time by our clock, when no file could show
            the name, or when there is nothing to sign.
        codes.UnableToSign: when the pause is not over, or too many were sent.
    """
    with transaction.atomic():
        row = _locked(wish)
        _refuse_unless_asked(row)
        if refusal := cannot_print(row.application.customer.name):
            raise UnableToOpenMarket(refusal)
        if row.text_read_at is None:
            if (at - row.text_opened_at).total_seconds() < row.text.least_seconds:
                raise UnableToOpenMarket(
                    _("That was quick. Read it for at least {seconds} seconds.").format(
                        seconds=row.text.least_seconds
                    )
                )
            row.text_read_at = at
            row.save(update_fields=["text_read_at"])
        with override(language):
            words = {"market": str(Market(row.market).label)}
        codes.send_code(
            row, phone=phone, language=language, at=at, text_key=CODE_TEXT, words=words
        )


def sign_for_market(*, wish: MarketWish, code: str, actor: Actor, at: datetime) -> MarketWish:
    """The customer signs with the code; the rest goes on by itself. Twice changes nothing.

    Call it outside a transaction: a wrong code is counted whatever the caller does.

    Args:
        wish: locked here, after its application.
        code: as typed.
        actor: the customer.
        at: the instant.

    Raises:
        codes.CodeWrong: wrong or old; after `codes.TRIES_MOST` wrong ones another is needed.
        UnableToOpenMarket: when something came in the way meanwhile, or it was taken back.
    """
    from accounts.later_markets.tasks import seal_market  # tasks call use cases

    with transaction.atomic():
        row = _locked(wish)
        if row.status in (WishStatus.SIGNED, WishStatus.OPENING, WishStatus.DONE):
            return row
        _refuse_unless_asked(row)
        _refuse_unless_possible(row.application, row.market)
        if fits := row.text_read_at is not None and codes.fits(row, code, at):
            row.move_to(WishStatus.SIGNED)
            row.signed_at, row.code_hash = at, ""
            row.signer = json.dumps(
                asdict(Person.of(row.application.customer)), ensure_ascii=False
            )
            row.save()
            tell(row, MarketSigned, actor, at, text=str(row.text), fingerprint=row.fingerprint)
            go_on(row, at)
            seal_market.defer(ref=str(row.ref))
        else:
            codes.count_wrong(row)
    if not fits:
        raise codes.wrong()
    return row


def take_back_market(*, wish: MarketWish, actor: Actor, at: datetime) -> MarketWish:
    """Give the wish up; nothing is opened. Twice changes nothing.

    Raises:
        UnableToOpenMarket: once the depository was asked to open it.
    """
    with transaction.atomic():
        row = _locked(wish)
        if row.status == WishStatus.WITHDRAWN:
            return row
        if not row.can_be_taken_back:
            raise UnableToOpenMarket(_("The depository has it already."))
        row.move_to(WishStatus.WITHDRAWN)
        row.code_hash, row.ended_at = "", at
        row.save()
        drop_question(application=row.application, kind=CheckKind.LATER_HELD)
        tell(row, MarketTakenBack, actor, at)
        return row


def _refuse_unless_possible(row: Application, market: str) -> None:
    """Whether a locked application may get this market now."""
    if row.status != Status.ACTIVE:
        raise UnableToOpenMarket(_("First your account has to be active."))
    if stop := next(account_stops(row.customer), None):
        raise UnableToOpenMarket(stop.text)
    if market not in Market.values:
        raise UnableToOpenMarket(_("Choose a market from the list."))
    there = (MarketStatus.OPEN, MarketStatus.REQUESTED, MarketStatus.CLOSED)
    if row.market_accounts.filter(market=market, status__in=there).exists():
        raise UnableToOpenMarket(_("You have this market already."))


def _locked(wish: MarketWish) -> MarketWish:
    """A wish as it stands, locked after its application until the transaction ends."""
    application = lock(wish.application)
    row = lock_row(MarketWish, wish.pk, "text")
    row.application = application
    return row


def _refuse_unless_asked(row: MarketWish) -> None:
    if row.status != WishStatus.ASKED:
        raise UnableToOpenMarket(_("There is nothing to sign any more. Load the page again."))
