"""Take in a text of somebody else: made harmless, compared, screened, put on the desk's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Length, Lower, StrIndex
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Instrument, Rule
from brokerage.users.models import User
from content import cleaning
from content.dated import DESK_CLOCK, LIKENESS, screens_on
from content.events import TextTakenIn
from content.models import Mark, RawItem, Source
from content.models.intake import LONGEST
from content.rules import likeness
from content.rules.mentions import codes_in, names_word
from content.rules.screening import Hit, screen, worst
from content.states import Way

AHEAD = timedelta(minutes=10)
"""So far the clock of somebody else may run ahead of ours."""
COMPARED = 50
SHORTEST_NAME = 3
"""Names of two characters are words of everyday language too often."""


class UnableToTakeIn(Exception):
    """The text cannot be taken; `field` names where, the message is translated."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A text as somebody brings it.

    Attributes:
        title: one line.
        body: HTML where `is_html`, else the notation of the desk.
        url: of the original; http or https.
        published_at: by the source's own clock, where known.
    """

    title: str
    body: str
    is_html: bool = False
    author: str = ""
    url: str = ""
    published_at: datetime | None = None


def take_in(
    *, source: Source, incoming: Incoming, way: Way, user: User | None, at: datetime
) -> tuple[RawItem, bool]:
    """Keep a text; the same text of the same source is kept once.

    Args:
        source: who speaks; one that is in use.
        user: who brings it; None for a feed.
        at: now.

    Returns:
        The text, and whether it is new.

    Raises:
        UnableToTakeIn: without words, too long, published ahead of now, or a source out of use.
    """
    title, html, text = _harmless(incoming)
    _check(source, title, text, incoming, at)
    digest = likeness.digest(text)
    with transaction.atomic():
        Source.objects.select_for_update(no_key=True).get(pk=source.pk)  # its texts in turn
        if known := RawItem.objects.filter(source=source, digest=digest).first():
            return known, False
        raw = RawItem(
            source=source,
            way=way,
            title=title,
            html=html,
            text=text,
            author=cleaning.without_controls(incoming.author)[:80],
            url=incoming.url,
            published_at=incoming.published_at,
            arrived_at=at,
            arrived_by=user,
            digest=digest,
            bands=likeness.bands(text),
        )
        hits = screen(text, screens_on(business_date(at), source.kind))
        copies = _compare(raw, at)
        raw.risk = worst(hits)
        raw.urgency = source.reach * raw.risk * (1 + copies)
        raw.due_at = at + timedelta(hours=_hours(raw, at))
        raw.save()
        raw.rank = raw.find_rank()
        raw.save(update_fields=["rank"])
        _keep_marks(raw, hits)
        raw.instruments.set(mentioned(text))
        record(
            TextTakenIn(
                subject=raw.ref,
                source=source.ref,
                way=way.value,
                marks=len(hits),
                urgency=raw.urgency,
            ),
            actor=Actor.of(user) if user else Actor.system("content.feeds"),
            at=at,
        )
    return raw, True


def mentioned(text: str) -> list[Instrument]:
    """Listed securities whose code or name stands in `text`; one query.

    A code with its market names that security alone; without one, each that has the code.
    """
    low = text.lower()
    rows = Instrument.objects.filter(is_delisted=False).annotate(
        in_chinese=StrIndex(Value(text, TextField()), F("name_zh")),
        in_english=StrIndex(Value(low, TextField()), Lower("name_en")),
        zh_length=Length("name_zh"),
        en_length=Length("name_en"),
    )
    codes = codes_in(text)
    named = Q(in_chinese__gt=0, zh_length__gte=SHORTEST_NAME)
    named |= Q(in_english__gt=0, en_length__gt=SHORTEST_NAME)
    named |= Q(code__in={code for code, _market in codes})
    found = rows.filter(named).order_by("pk")[:COMPARED]
    return [one for one in found if _is_meant(one, codes, text)]


def _is_meant(one: Instrument, codes: list[tuple[str, str]], text: str) -> bool:
    """Whether what the database found is more than digits of another market or part of a word."""
    if (one.code, "") in codes or (one.code, one.market) in codes:
        return True
    if len(one.name_zh) >= SHORTEST_NAME and one.name_zh in text:
        return True
    return len(one.name_en) > SHORTEST_NAME and names_word(text, one.name_en)


def _harmless(incoming: Incoming) -> tuple[str, str, str]:
    """Title, body as harmless HTML, and the text that is screened."""
    title = cleaning.plain(incoming.title).replace("\n", " ")[:200]
    if incoming.is_html:
        html, words = cleaning.clean_html(incoming.body), cleaning.plain(incoming.body)
    else:
        html, words = cleaning.to_html(incoming.body), cleaning.without_controls(incoming.body)
    return title, html, f"{title}\n{words}".strip()


def _check(source: Source, title: str, text: str, incoming: Incoming, at: datetime) -> None:
    if not source.is_active:
        raise UnableToTakeIn("source", _("This source is no longer in use."))
    if not likeness.normal(title):
        raise UnableToTakeIn("title", _("Give the text a title."))
    if len(likeness.normal(text)) <= len(likeness.normal(title)):
        raise UnableToTakeIn("body", _("The text has no words."))
    if len(text) > LONGEST:
        raise UnableToTakeIn(
            "body", _("The text has more than {most} characters.").format(most=f"{LONGEST:,}")
        )
    if incoming.url and not incoming.url.startswith(("https://", "http://")):
        raise UnableToTakeIn("url", _("The address begins with https:// or http://."))
    if incoming.published_at and incoming.published_at > at + AHEAD:
        raise UnableToTakeIn("published_at", _("The text cannot come from the future."))


def _compare(raw: RawItem, at: datetime) -> int:
    """Note the first text that says the same; returns how many copies there were before."""
    rule = Rule.objects.in_force(LIKENESS, business_date(at)).figure
    near = RawItem.objects.filter(
        Q(digest=raw.digest) | Q(bands__overlap=raw.bands),
        arrived_at__gte=at - timedelta(days=rule["days"]),
    )
    alike = []
    for other in near.order_by("arrived_at", "pk")[:COMPARED]:
        found = 100 if other.digest == raw.digest else likeness.likeness(raw.text, other.text)
        if found >= rule["percent"]:
            alike.append((other, found))
    if alike:
        raw.copy_of, raw.likeness = alike[0]
    return len(alike)


def _hours(raw: RawItem, at: datetime) -> int:
    rule: dict[str, int] = Rule.objects.in_force(DESK_CLOCK, business_date(at)).figure
    if raw.urgency >= rule["urgent_from"]:
        return rule["urgent_hours"]
    return rule["marked_hours"] if raw.risk else rule["calm_hours"]


def _keep_marks(raw: RawItem, hits: tuple[Hit, ...]) -> None:
    Mark.objects.bulk_create(
        [
            Mark(
                raw=raw,
                code=hit.code,
                rule_version=hit.version,
                risk=hit.risk,
                start=hit.start,
                end=hit.end,
            )
            for hit in hits
        ]
    )


def values_of(raw: RawItem) -> dict[str, Any]:
    """What a draft takes over from a text: its title and words, to be worked on."""
    body = raw.text.partition("\n")[2].strip() or raw.text
    return {"title": raw.title[:80], "body": body}
