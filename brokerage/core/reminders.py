"""Reminders to customers that apps find and one night sends, and what keeps offers from somebody.

An app that knows something worth saying registers a kind of reminder; the night of `content` asks
each kind, leaves out what is muted or said already, and sends. Whoever offers anything asks
`silence_of` first, wherever the wish for silence is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from brokerage.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something to tell one customer.

    Attributes:
        customer: key of the customer.
        subject: what it is about, at most 80 letters of refs and plain words; the same one is
            said once, however often the days behind it are corrected.
        version: of the rule that found it.
        facts: the variables of the text but its link, as JSON knows them; a text by language
            where it differs.
        needs_person: whether an adviser follows up, beside the kinds that the rules name.
        link: portal path of what can be looked at; empty: the customer's reminders.
    """

    customer: int
    subject: str
    version: str
    facts: Mapping[str, Any]
    needs_person: bool = False
    link: str = ""


Look = Callable[[Sequence[int]], Iterable[Found]]
"""Finds among some customers, by their keys; a thousand at a time."""
Prepare = Callable[[date], Look]


@dataclass(frozen=True, kw_only=True)
class Reminding:
    """One kind of reminder.

    Attributes:
        label: what it is called where customers mute it.
        text: kind of the message that says it.
        prepare: asked once a night with the business date; loads rules and what all share.
        order: under the weekly limit the smaller one is said first.
        is_offer: it offers something: held back while a customer wants no offers, and said
            only where the message centre may.
        lasts: what was found stays true afterwards (a rating changed on a day): where the weekly
            limit puts it off it is said on a later night, though nobody finds it any more.
        told: called in the night's transaction for each one that was sent, with the customer,
            what was found and the instant.
    """

    label: Any
    text: str
    prepare: Prepare
    order: int
    is_offer: bool = False
    lasts: bool = False
    told: Callable[[Any, Found, datetime], None] | None = None


reminders: Registry[Reminding] = Registry("core.reminders")


def in_order() -> list[tuple[str, Reminding]]:
    """The registered kinds by key, the weightiest first."""
    return sorted(reminders.items(), key=lambda pair: (pair[1].order, pair[0]))


Silence = Callable[[Sequence[int], datetime], Mapping[int, Any]]
"""Of some customers, by key, those who are offered nothing at an instant, each with the reason."""
silences: Registry[Silence] = Registry("core.silences")


def silence_of(customers: Sequence[int], at: datetime) -> dict[int, Any]:
    """Who of `customers` is offered nothing that has to do with trading, with a reason."""
    found: dict[int, Any] = {}
    for ask in silences:
        found |= ask(customers, at)
    return found
