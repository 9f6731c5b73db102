"""Cards of the customer's home: apps offer them, one arbiter chooses at most five.

An app registers a source under a key in its `apps.py`; the home asks each source with the user
and the time. A source returns nothing when it has nothing to say. What it needs to know first, it
registers as a fact: one query answers the facts of all apps, so that apps that stay silent cost no
query. A source of nothing but offers is registered as such: it is asked last, and only where its
card would be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField
from django.db.models.expressions import BaseExpression, Combinable

from brokerage.core.clock import business_date
from brokerage.core.registry import Registry
from brokerage.core.written import Given, Written


class Weight(IntEnum):
    """Why a card is there; the arbiter shows smaller numbers first."""

    NEXT_STEP = 0
    DUTY = 1
    WAITING = 2
    FACT = 3
    OFFER = 4


@dataclass(frozen=True, kw_only=True)
class Card:
    """One card.

    Attributes:
        key: stable name, for tests and for remembering that it was put away.
        weight: duty before fact before offer.
        title: one line, translated.
        text: a sentence or two, translated.
        url: where its one button leads; empty for a card that only informs.
        action: the words on the button, starting with a verb.
        due_at: the promise that its clock shows.
        template: a template for the body, when text is not enough.
        context: values for that template.
        modes: reading modes that show it; all when empty.
    """

    key: str
    weight: Weight
    title: str
    text: str = ""
    url: str = ""
    action: str = ""
    due_at: datetime | None = None
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    modes: frozenset[str] = frozenset()


Source = Callable[[Any, datetime], Iterable[Card]]
sources: Registry[Source] = Registry("home_cards")
offers: Registry[Source] = Registry("home_offers")
Fact = Callable[[date], BaseExpression | Combinable]
"""An expression over the row of a log-in, on a day; knowing no hour, it is asked alike all day."""
facts: Registry[Fact] = Registry("home_facts")
_KNOWN = "_home_facts"


def fact(user: Any, key: str, at: datetime) -> Any:
    """What the fact registered under `key` says of `user` at `at`.

    While a home is made the first question answers every fact in one query.
    """
    known = getattr(user, _KNOWN, None)
    if known is None:
        return _ask(user, at)[_name(key)]
    if not known:
        known.update(_ask(user, at))
    return known[_name(key)]


def _ask(user: Any, at: datetime) -> dict[str, Any]:
    found: list[dict[str, Any]] = _query(business_date(at)).load(user=user.pk)
    return found[0] if found else dict.fromkeys(_name(key) for key, _ in facts.items())


@lru_cache(maxsize=2)
def _query(day: date) -> Written[Any]:
    """The one query of all facts; Django took half of a home's time to write it."""
    asked = {_name(key): ask(day) for key, ask in facts.items()}
    mine = get_user_model()._default_manager.filter(pk=Given("user", BigIntegerField()))
    return Written(mine.annotate(**asked).values(*asked))


def _name(key: str) -> str:
    """Names of annotations know no dots."""
    return key.replace(".", "__")


def chosen(user: Any, at: datetime, *, mode: str = "", most: int = 5) -> list[Card]:
    """At most `most` cards for `user` in `mode`, the next step and duties first.

    An offer shows only where no duty waits, one at most, and never to somebody who only trades.
    """
    if user is not None:
        setattr(user, _KNOWN, {})
    try:
        found = _offered(sources, user, at, mode)
        cards = [card for card in found if card.weight != Weight.OFFER]
        free = len(cards) < most and not any(card.weight <= Weight.DUTY for card in cards)
        if free and mode != "trade":
            wanted = [card for card in found if card.weight == Weight.OFFER]
            cards += (wanted or _offered(offers, user, at, mode))[:1]
    finally:
        if user is not None:
            delattr(user, _KNOWN)
    return cards[:most]


def _offered(registry: Registry[Source], user: Any, at: datetime, mode: str) -> list[Card]:
    """Every card of these sources that fits `mode`, by weight, then by promise."""
    made = [card for source in registry for card in source(user, at)]
    fitting = [card for card in made if not mode or not card.modes or mode in card.modes]
    return sorted(fitting, key=_order)


def _order(card: Card) -> tuple[int, bool, datetime | None, str]:
    # False sorts before True: cards with a promise first; equal keys never compare None
    return (card.weight, card.due_at is None, card.due_at, card.key)
