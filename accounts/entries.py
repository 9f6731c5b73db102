"""Where an application came from. Higher apps know the links; they register how to find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from branches.models import EntryCode
from brokerage.core.registry import Registry


@dataclass(frozen=True)
class Entry:
    """A living link by which a customer came.

    Attributes:
        ref: of the link.
        origin_ref: of the institution that gave it out.
        name: of the institution, in the reader's language.
    """

    ref: UUID
    origin_ref: UUID
    name: str


@dataclass(frozen=True)
class Source:
    """One kind of link: how a ref is found, and how its institution is called."""

    find: Callable[[UUID, datetime], Entry | None]
    name_of: Callable[[UUID], str | None]


sources: Registry[Source] = Registry("accounts.entries")


def find_entry(ref: UUID | None, at: datetime) -> Entry | None:
    """The living link with this ref, or None: then the application is simply the customer's."""
    if ref is None:
        return None
    return next((found for source in sources if (found := source.find(ref, at))), None)


def origin_name(origin_ref: UUID) -> str:
    """The name of an institution in the reader's language; empty where nobody knows it."""
    return next((name for source in sources if (name := source.name_of(origin_ref))), "")


def opening_address(code: EntryCode) -> str:
    """Where a code for opening leads: the start page, with the link that brought the customer."""
    return f"{reverse('accounts:start')}?{urlencode({'entry': code.ref})}"
