"""Where an application came from. Higher apps know the links; they register how to find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.finder.ways import Way
from branches.models import EntryCode, OrgUnit
from brokerage.core.registry import Registry


@dataclass(frozen=True)
class Entry:
    """A living link by which a customer came.

    Attributes:
        ref: of the link.
        origin_ref: of the institution that gave it out; of the link itself where it is a code of
            our own (Application.by_own_code): the code names place and person.
        name: who gave it out, in the reader's language.
        unit: of ours that the link is bound to; its outlet is offered first.
    """

    ref: UUID
    origin_ref: UUID
    name: str
    unit: OrgUnit | None = None

    @property
    def own(self) -> bool:
        """Whether one of us gave it out: then nobody outside could be told anything."""
        return self.ref == self.origin_ref


@dataclass(frozen=True)
class Source:
    """One kind of link: how a ref is found, how an origin is called, and what it may hear.

    Attributes:
        said_of: what our own people read of a link beside its origin, living or not: the campaign,
            and the person at the outlet who looks after whoever comes by it.
        hears_stages: whether an origin may be told how an application stands at all; only then
            has the customer anything to agree to.
    """

    find: Callable[[UUID, datetime], Entry | None]
    name_of: Callable[[UUID], str | None]
    hears_stages: Callable[[UUID], bool] = lambda _origin: False
    said_of: Callable[[UUID], str] = lambda _ref: ""


sources: Registry[Source] = Registry("accounts.entries")


def find_entry(ref: UUID | None, at: datetime) -> Entry | None:
    """The living link with this ref, or None: then the application is simply the customer's."""
    if ref is None:
        return None
    return next((found for source in sources if (found := source.find(ref, at))), None)


def origin_name(origin_ref: UUID) -> str:
    """Who sent somebody, in the reader's language; empty where nobody knows them any more."""
    return next((name for source in sources if (name := source.name_of(origin_ref))), "")


def hears_stages(origin_ref: UUID) -> bool:
    """Whether an origin may hear how an application stands now, should its customer agree."""
    return any(source.hears_stages(origin_ref) for source in sources)


def came_by(entry_ref: UUID, origin_ref: UUID) -> str:
    """Who sent somebody, and by what: for our own people, in the reader's language."""
    said = [source.said_of(entry_ref) for source in sources]
    return " · ".join(word for word in (origin_name(origin_ref), *said) if word)


def find_own(ref: UUID, at: datetime) -> Entry | None:
    """A living code of one of our places, people or brokers."""
    rows = EntryCode.objects.living(at).filter(institution_ref=None)
    code = rows.select_related("unit", "person", "broker").filter(ref=ref).first()
    return Entry(code.ref, code.ref, code.owner_name, code.unit) if code else None


def own_name_of(origin_ref: UUID) -> str | None:
    """Whose code this is, living or not; None where it is not one of ours."""
    rows = EntryCode.objects.filter(institution_ref=None)
    code = rows.select_related("unit", "person", "broker").filter(ref=origin_ref).first()
    return code.owner_name if code else None


OWN = Source(find_own, own_name_of)


def opening_address(code: EntryCode) -> str:
    """Where a code for opening leads: the start page, with the link that brought the customer."""
    return f"{reverse('accounts:start')}?{urlencode({'entry': code.ref})}"


def open_here(outlet: str) -> Way:
    """On the page of the outlet with this code: the opening, with the outlet chosen already."""
    return Way(
        _("Open an account here"), f"{reverse('accounts:start')}?{urlencode({'outlet': outlet})}"
    )
