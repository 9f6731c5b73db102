"""The evidence of markets that were opened later: signed for, read long enough, and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

from accounts.evidence.signed_files import Problem, lacks_of_signed_file
from accounts.later_markets.states import SIGNED_FOR, WishStatus
from accounts.models import Application, MarketWish
from accounts.signing.signed_later import signer_of
from accounts.signing.texts import text_hash
from accounts.states import MarketStatus, Step

Told = Callable[..., bool]


def lacks_of_markets(application: Application, told: Told) -> Iterator[Problem]:
    """What does not agree: a word, and which.

    Args:
        application: whose market accounts.
        told: whether the journal has an entry of a kind with facts.
    """
    rows = MarketWish.objects.filter(application=application).exclude(signed_at=None)
    wishes = list(rows.select_related("application", "text").order_by("pk"))
    for wish in wishes:
        yield from _read_and_signed(wish, told)
        yield from _sealed(wish, told)
    done = {wish.market for wish in wishes if wish.status == WishStatus.DONE}
    section = application.sections.filter(step=Step.OUTLET).first()
    first = set(section.answers.get("markets", ())) if section else set()
    opened = application.market_accounts.filter(status=MarketStatus.OPEN)
    for account in opened.exclude(market__in=first | done):
        yield "market_not_signed_for", account.market
    for wish in wishes:
        if wish.status == WishStatus.DONE and not told("accounts.market_opened", wish=wish.ref):
            yield "not_in_journal", str(wish.ref)


def _read_and_signed(wish: MarketWish, told: Told) -> Iterator[Problem]:
    text, read = wish.text, wish.text_read_at
    if text.sha256 != text_hash(text.title, text.body):
        yield "text_changed", str(text)
    if read is None or (read - wish.text_opened_at).total_seconds() < text.least_seconds:
        yield "not_read", str(text)
    if not told("accounts.market_signed", wish=wish.ref, fingerprint=wish.fingerprint):
        yield "not_in_journal", str(wish.ref)


def _sealed(wish: MarketWish, told: Told) -> Iterator[Problem]:
    if wish.file_ref is None:
        if wish.status in SIGNED_FOR:
            yield "not_sealed", wish.seal_problem or str(wish.ref)
        return
    if not told("accounts.market_sealed", wish=wish.ref, file_hash=wish.file_sha256):
        yield "not_in_journal", str(wish.ref)
    yield from lacks_of_signed_file(wish)


def files_of_markets(application: Application) -> list[tuple[str, UUID, str]]:
    """Each signed file: its name in the archive, its ref, its SHA-256."""
    rows = MarketWish.objects.filter(application=application, file_ref__isnull=False)
    return [
        (f"market-{wish.market}-{wish.short_ref}.pdf", wish.file_ref, wish.file_sha256)
        for wish in rows.order_by("pk")
        if wish.file_ref
    ]


def facts_of_markets(application: Application) -> list[dict[str, Any]]:
    """Each wish with its text, for the archive."""
    rows = MarketWish.objects.filter(application=application).select_related("text")
    return [
        {
            "market": wish.market,
            "status": wish.status,
            "asked_at": wish.asked_at,
            "opened_at": wish.text_opened_at,
            "read_at": wish.text_read_at,
            "signed_at": wish.signed_at,
            "signer": asdict(signer_of(wish)) if wish.signer else {},
            "fingerprint": wish.fingerprint,
            "refusal": wish.refusal,
            "ended_at": wish.ended_at,
            "certificate": wish.certificate,
            "sha256": wish.file_sha256,
            "text": {
                "key": wish.text.key,
                "language": wish.text.language,
                "version": wish.text.version,
                "title": wish.text.title,
                "body": wish.text.body,
                "sha256": wish.text.sha256,
            },
        }
        for wish in rows.select_related("application").order_by("pk")
    ]
