"""Columns of keyed hashes, so that the look-up key can be changed."""

from __future__ import annotations

from brokerage.core.crypto import keyed_hash
from brokerage.core.lookup_rotation import HashColumn
from brokerage.core.lookup_rotation import register as add
from partners.models import Lead
from partners.models.leads import PHONE


def register() -> None:
    """Called once when the app is ready."""
    add(HashColumn(model="partners.Lead", column="phone_hash", compute=_phone_hash))


def _phone_hash(row: Lead) -> str | None:
    return keyed_hash(row.phone, purpose=PHONE) if row.phone else None
