"""Trading and fund passwords: which are too weak, and the hash under which they are kept.

Six digits are a million guesses, so a slow hash alone protects nothing against somebody who holds
the table: at 18 ms a guess it would be tried through in five hours. The digits therefore go
through an HMAC first whose key is derived from the key ring, which no database copy contains:
without that key there is nothing to try. Argon2id on top salts each one, so that nothing is
worked out ahead, and slows somebody who has both down by as much as a request can bear
(docs/decisions/0012-what-protects-a-password-of-six-digits.md). Only the result is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date
from enum import Enum
from functools import cache
from itertools import pairwise
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.conf import settings

LENGTH = 6
REPEATED = 4  # so many equal digits, or so long a run, are too easy
PURPOSE = b"accounts.pin.v1"


class Weakness(Enum):
    """Why a password is refused; the page has a sentence for each."""

    FORM = "form"
    REPEATS = "repeats"
    RUN = "run"
    PATTERN = "pattern"
    BIRTH_DATE = "birth_date"
    DOCUMENT = "document"
    PHONE = "phone"
    SAME = "same"


class UnknownKey(Exception):
    """A password was kept under a key that the ring no longer holds."""


def weaknesses(
    pin: str,
    *,
    birth_date: date | None = None,
    document: str = "",
    phones: Iterable[str] = (),
    other: str = "",
) -> list[Weakness]:
    """Why `pin` is too weak, the first reason first; empty where it may be used.

    Args:
        pin: as typed.
        birth_date: of the customer.
        document: identity number of the customer.
        phones: numbers of the customer, with or without country code.
        other: the other password of the customer, in plain, where it was typed beside.
    """
    if len(pin) != LENGTH or not (pin.isascii() and pin.isdigit()):
        return [Weakness.FORM]
    found = []
    if len(set(pin)) < 3 or any(digit * REPEATED in pin for digit in "0123456789"):
        found.append(Weakness.REPEATS)
    if _has_run(pin):
        found.append(Weakness.RUN)
    if pin[:3] == pin[3:] or pin[:3] == pin[:2:-1] or pin[:2] * 3 == pin:
        found.append(Weakness.PATTERN)
    if birth_date and pin in _dates(birth_date):
        found.append(Weakness.BIRTH_DATE)
    if pin in "".join(sign for sign in document if sign.isdigit()):
        found.append(Weakness.DOCUMENT)
    if any(pin in phone for phone in phones):
        found.append(Weakness.PHONE)
    if other and pin == other:
        found.append(Weakness.SAME)
    return found


def hashed(pin: str, *, kind: str, owner: UUID) -> str:
    """The form in which a password is kept: name of the key, then Argon2id of the keyed digits.

    Under 2 ms of CPU and 4 MiB for the moment (docs/opening-evidence.md says how measured).

    Args:
        pin: six digits that `weaknesses` let pass.
        kind: trading or fund; the same digits of both look different.
        owner: ref of the customer; a row moved to another customer does not verify.
    """
    name = settings.KEYS.current
    return f"{name}:{_hasher().hash(_keyed(pin, kind, owner, name))}"


def agrees(pin: str, kept: str, *, kind: str, owner: UUID) -> bool:
    """Whether `pin` is the password kept as `kept`; constant time in the digits.

    Raises:
        UnknownKey: where the ring no longer has the key: restore it, or have the customer set
            a new password.
    """
    name, _, rest = kept.partition(":")
    if name not in settings.KEYS.data:
        raise UnknownKey(name)
    try:
        return _hasher().verify(rest, _keyed(pin, kind, owner, name))
    except (VerificationError, InvalidHashError):
        return False


def is_current(kept: str) -> bool:
    """Whether a kept password uses the current key and the current cost."""
    name, _, rest = kept.partition(":")
    return name == settings.KEYS.current and not _hasher().check_needs_rehash(rest)


def _keyed(pin: str, kind: str, owner: UUID, key: str) -> bytes:
    derived = hmac.new(settings.KEYS.data[key], PURPOSE, hashlib.sha256).digest()
    return hmac.new(derived, f"{kind}:{owner}:{pin}".encode(), hashlib.sha256).digest()


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with 4 MiB, 1 pass, 1 lane: the HMAC before it is what protects (ADR 0012)."""
    return PasswordHasher(time_cost=1, memory_cost=4 * 1024, parallelism=1)


def _has_run(pin: str) -> bool:
    """Whether REPEATED neighbours go up or down by one (1234, 9876); 9 and 0 are no neighbours."""
    steps = [int(after) - int(before) for before, after in pairwise(pin)]
    return any(
        steps[start : start + REPEATED - 1] == [step] * (REPEATED - 1)
        for step in (1, -1)
        for start in range(len(steps))
    )


def _dates(day: date) -> set[str]:
    """Six digits that a birth date makes: 900307, 070390, 199003, 030790, 000307 …"""
    year, short, month, this = f"{day:%Y}", f"{day:%y}", f"{day:%m}", f"{day:%d}"
    return {
        short + month + this,
        this + month + short,
        month + this + short,
        year + month,
        month + year,
        year + this,
        this + year,
    }
