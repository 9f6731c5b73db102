"""How the opening of accounts finds our links and the names of institutions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.entries import Entry
from branches.models import EntryCode
from brokerage.core import clock
from partners.models import Campaign, Contract, EntryLink, Lead, Partner

KINDS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (EntryLink, ()),
    (Campaign, ("unit",)),
    (Lead, ("unit",)),
)
"""What a code may stand for, with the outlet that it is bound to."""


def find(ref: UUID, at: datetime) -> Entry | None:
    """The living link, campaign or lead with this ref, or None; its ref is that of its code."""
    code = EntryCode.objects.running(at).filter(ref=ref, institution_ref__isnull=False)
    if not code.exists():
        return None
    for model, beside in KINDS:
        rows: Any = model.objects.living(at)
        found = rows.select_related("partner", *beside).filter(ref=ref).first()
        if found is not None:
            unit = getattr(found, "unit", None)
            return Entry(found.ref, found.partner.ref, found.partner.name, unit)
    return None


def said_of(ref: UUID) -> str:
    """The campaign with this ref and its person at the outlet; nothing of links and leads."""
    found = Campaign.objects.select_related("person").filter(ref=ref).first()
    if found is None:
        return ""
    return " · ".join(str(one) for one in (found.name, found.person) if one)


def leads_somewhere(code: EntryCode, at: datetime) -> bool:
    """Whether place and person of a campaign are still right; other codes are bound to neither."""
    rows = Campaign.objects.filter(code=code)
    return not rows.exists() or rows.living(at).exists()


def hears_stages(origin_ref: UUID) -> bool:
    """Whether an institution may hear stages: its contract in force has that activity."""
    rows = Contract.objects.telling_stages(clock.today())
    return rows.filter(partner__ref=origin_ref).exists()


def living_name_of(institution_ref: UUID) -> str | None:
    """The name of an institution that works with us now; None for any other."""
    partner = Partner.objects.working(clock.now()).filter(ref=institution_ref).first()
    return partner.name if partner else None


def hold(institution_ref: UUID) -> str | None:
    """As `living_name_of`, with the institution locked, as `set_partner_status` locks it."""
    rows = Partner.objects.select_for_update(no_key=True).filter(ref=institution_ref)
    return living_name_of(institution_ref) if rows.first() else None


def active() -> list[tuple[UUID, str]]:
    """ref and name of every institution that works with us now."""
    rows = Partner.objects.working(clock.now()).order_by("pk")
    return [(partner.ref, partner.name) for partner in rows]


def name_of(origin_ref: UUID) -> str | None:
    """The name of an institution in the reader's language, or None where it is not ours."""
    partner = Partner.objects.filter(ref=origin_ref).first()
    return partner.name if partner else None
