"""The list of custody banks with what completes online now, for the chooser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from accounts.gateways import Unavailable, gateways
from brokerage.reference.models import CustodyBank

FRESH = 60  # seconds
KEY = "accounts.custody_banks"


@dataclass(frozen=True)
class Choice:
    """One bank of the chooser.

    Attributes:
        bank: row of the reference table.
        online: whether the link completes online now.
        known: whether the bank's side said so a moment ago; else it is what usually holds.
    """

    bank: CustodyBank
    online: bool
    known: bool


def bank_list(*, at: datetime) -> list[Choice]:
    """All custody banks, those that complete online first; asks outside at most once a minute.

    A bank's side that does not answer costs nothing but the word "now": the usual way of each
    bank is shown instead.
    """
    now: dict[str, bool] | None = cache.get(KEY)
    if now is None:
        try:
            now = {row.code: row.online for row in gateways().bank.banks(at=at)}
        except Unavailable:
            now = {}
        cache.set(KEY, now, FRESH)
    found = [
        Choice(bank, now.get(bank.code, bank.completion == "here"), bank.code in now)
        for bank in CustodyBank.objects.filter(is_offered=True)
    ]
    return sorted(found, key=lambda choice: not choice.online)
