"""The home card of insights, by reading mode."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from brokerage.core import home_cards
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind
from brokerage.users.models.user import ReadingMode
from content.reasons import reason_of
from content.selectors import audience, feed
from content.selectors.reader import reader_of

MOST = {ReadingMode.PLAIN: 2, ReadingMode.RESEARCH: 4}
"""Items on the card; who only trades has no card."""
FACT = "content.has_items"


def has_items(on: date) -> Exists:
    """Whether anything at all is released, a fact of the home."""
    return Exists(audience.shown(on))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card for each mode that reads, chosen as the list chooses."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return
    mode = user.reading_mode or ReadingMode.PLAIN
    if mode not in MOST or not home_cards.fact(user, FACT, at):
        return
    reader = reader_of(user, mode, at)
    if reader is None:
        return
    listed = feed.by_relevance if reader.is_personal else feed.by_time
    found = list(listed(reader, at, "").items[: MOST[mode]])
    for one in found:
        one.reason = reason_of(one)
    if found:
        yield Card(
            key="content.insights",
            weight=Weight.OFFER,
            title=_("Insights"),
            url=reverse("content:feed"),
            action=_("Read more"),
            template="content/home_card.html",
            context={"items_shown": found},
            modes=frozenset({mode}),
        )
