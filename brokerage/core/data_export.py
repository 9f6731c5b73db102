"""What the house knows about one customer: each app contributes its sections of the copy.

Registered in an app's `ready()`; customers see the archive, so titles are translated and values
are plain: text, numbers, dates, lists and dictionaries of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from brokerage.core.registry import Registry


@dataclass(frozen=True)
class Person:
    """Whose data is asked for; both refs are opaque.

    Attributes:
        customer: ref of the customer.
        user: ref of the log-in; None for a customer who has none.
    """

    customer: UUID
    user: UUID | None


Collect = Callable[[Person], list[dict[str, Any]]]


@dataclass(frozen=True)
class Section:
    """One part of the copy.

    Attributes:
        title: heading, translated.
        collect: the rows about this person; an empty list where there are none.
        order: where it stands; smaller first.
        covers: labels of the models whose rows it tells.
    """

    title: Promise
    collect: Collect
    order: int = 50
    covers: tuple[str, ...] = ()


SECTIONS: Registry[Section] = Registry("data_export")
EXEMPT: Registry[str] = Registry("data_export.exempt")
"""Models that hold rows of a customer and are in no section, each with the reason."""


def register(
    key: str,
    *,
    title: Promise,
    collect: Collect,
    order: int = 50,
    covers: tuple[str, ...] = (),
) -> None:
    """Contribute a section; `key` names it in the JSON file (such as "accounts")."""
    if key not in SECTIONS:
        SECTIONS.register(key, Section(title=title, collect=collect, order=order, covers=covers))


def exempt(label: str, reason: str) -> None:
    """Leave a model out of the copy, for a reason that stands up to the customer's question."""
    EXEMPT.register(label, reason)


def covered() -> set[str]:
    """The models that some section tells."""
    return {label for section in SECTIONS for label in section.covers}


def collect_all(person: Person) -> list[tuple[str, Section, list[dict[str, Any]]]]:
    """Every section with its rows, in the order of the sections."""
    ordered = sorted(SECTIONS.items(), key=lambda pair: (pair[1].order, pair[0]))
    return [(key, section, section.collect(person)) for key, section in ordered]
