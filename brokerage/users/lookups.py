"""Hashes of this app that are made anew when the look-up key changes."""

from __future__ import annotations

from brokerage.core.crypto import keyed_hash
from brokerage.core.lookup_rotation import HashColumn
from brokerage.core.lookup_rotation import register as add
from brokerage.users.models import PhoneCode, User


def register() -> None:
    """Called once when the app is ready."""
    for label in ("users.User", "users.PhoneCode"):
        add(HashColumn(model=label, column="phone_hash", compute=_phone_hash))


def _phone_hash(row: User | PhoneCode) -> str | None:
    return keyed_hash(row.phone, purpose="users.phone") if row.phone else None
