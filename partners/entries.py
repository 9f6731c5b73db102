"""How the opening of accounts finds our links and the names of institutions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.entries import Entry
from partners.models import EntryLink, Partner
from partners.states import PartnerStatus


def find(ref: UUID, at: datetime) -> Entry | None:
    """The living link with this ref, or None."""
    link = EntryLink.objects.living(at).select_related("partner").filter(ref=ref).first()
    return Entry(link.ref, link.partner.ref, link.partner.name) if link else None


def living_name_of(institution_ref: UUID) -> str | None:
    """The name of an active institution; None where it is suspended or not ours."""
    active = Partner.objects.filter(status=PartnerStatus.ACTIVE)
    partner = active.filter(ref=institution_ref).first()
    return partner.name if partner else None


def active() -> list[tuple[UUID, str]]:
    """ref and name of every active institution."""
    rows = Partner.objects.filter(status=PartnerStatus.ACTIVE).order_by("pk")
    return [(partner.ref, partner.name) for partner in rows]


def name_of(origin_ref: UUID) -> str | None:
    """The name of an institution in the reader's language, or None where it is not ours."""
    partner = Partner.objects.filter(ref=origin_ref).first()
    return partner.name if partner else None
