"""The customer's home says what is unread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from brokerage.core.home_cards import Card, Weight
from brokerage.messaging.selectors import newest_unread, unread_now
from brokerage.messaging.texts import words_of


def cards(user: Any, at: datetime) -> Iterator[Card]:
    """One card while something is unread; security comes before offers."""
    newest = newest_unread(user)
    if newest is None:
        return
    count = unread_now(user)
    yield Card(
        key="messaging.unread",
        weight=Weight.WAITING,
        title=ngettext("{count} unread message", "{count} unread messages", count).format(
            count=count
        ),
        text=words_of(newest, get_language() or newest.language).title,
        url=reverse("messaging:inbox"),
        action=_("Read messages"),
    )
