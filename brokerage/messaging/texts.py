"""Which version of a text counts, and its words for one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from brokerage.core.written import SOME_INSTANT, Written
from brokerage.messaging.models import Message, TextVersion
from brokerage.messaging.rules.text import render

FALLBACK = "zh-hans"


CURRENT = Written(
    lambda kind, at: TextVersion.objects.filter(kind=kind, valid_from__lte=at)[:1],
    kind="any kind",
    at=SOME_INSTANT,
)


class UnknownKind(LookupError):
    """No text of this kind is in force (`manage.py load_texts` loads them)."""


@dataclass(frozen=True)
class Words:
    """A text as somebody reads it."""

    title: str
    body: str
    link: str = ""


_kept: dict[str, tuple[datetime, TextVersion]] = {}


def just_now(kind: str, at: datetime) -> TextVersion:
    """The version of a kind in force now, or some seconds ago (`REFERENCE_KEPT_SECONDS`).

    For the texts of codes, which somebody waits for: a version never changes, and a new one may
    come some seconds later.

    Raises:
        UnknownKind: when there is none.
    """
    asked_at, text = _kept.get(kind, (None, None))
    longest = timedelta(seconds=settings.REFERENCE_KEPT_SECONDS)
    if asked_at is None or text is None or not asked_at <= at < asked_at + longest:
        text = current(kind, at)
        _kept[kind] = at, text
    return text


def current(kind: str, at: datetime) -> TextVersion:
    """The version of a kind in force at `at`.

    Raises:
        UnknownKind: when there is none.
    """
    found = CURRENT.first(kind=kind, at=at)
    # A text loaded by a clock that runs ahead of `at` (replays, tests) is still its first text.
    found = found or TextVersion.objects.filter(kind=kind).order_by("version").first()
    if found is None:
        raise UnknownKind(kind)
    return found


def words(
    text: TextVersion, *, channel: str, language: str, values: Mapping[str, Any]
) -> Words | None:
    """The words for a channel and language; None where the kind does not use the channel."""
    chosen = language if language in text.content else FALLBACK
    raw = text.of(chosen, channel)
    if raw is None:
        return None

    def fill(part: str) -> str:
        return render(part, variables=text.variables, values=values, language=chosen)

    return Words(fill(raw.get("title", "")), fill(raw["body"]), fill(text.link))


def words_of(message: Message, language: str) -> Words:
    """The words of a message in the inbox, in the reader's present language."""
    found = words(message.text, channel="inbox", language=language, values=message.values)
    assert found is not None, "every kind that makes messages has a text for the inbox"
    return found
