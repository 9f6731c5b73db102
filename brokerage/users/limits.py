"""How many SMS codes may be sent, as pure rules over what was sent before.

Ten a day and number bound the cost and the guessing. Were they one pot, a stranger could empty
it and shut the owner out; so strangers share seven, at most four of them from one address, and
a device from which the owner has signed in before may use all ten. See decision record 0003.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

PAUSE = timedelta(seconds=60)
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

PER_DAY = 10
STRANGERS_PER_DAY = 7
STRANGERS_PER_ADDRESS = 4
PER_ADDRESS_AND_HOUR = 60
ALL_PER_MINUTE = 1_000
ALL_PER_HOUR = 60_000  # the record day: 100,000 accounts in two hours, and people who log in


class Limit(Enum):
    """Which limit was met."""

    PAUSE = "pause"
    NUMBER = "number"
    ADDRESS = "address"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Past:
    """One earlier code to the same number."""

    made_at: datetime
    known_device: bool
    address_hash: str


@dataclass(frozen=True)
class Asker:
    """Who asks now: whether the device is known, and from which address (hashed)."""

    known_device: bool
    address_hash: str


@dataclass(frozen=True)
class Load:
    """Codes sent lately: by this address, and by everybody.

    Attributes:
        address_hour: instants of this address' codes in the last hour, oldest first.
        minute_is_full: whether as many as may be went to everybody in the last minute.
        hour_is_full: the same of the last hour.
    """

    address_hour: Sequence[datetime] = ()
    minute_is_full: bool = False
    hour_is_full: bool = False


@dataclass(frozen=True)
class Refused:
    """No code now; the next one may be asked for at `again_at`."""

    limit: Limit
    again_at: datetime


def refusal(*, past: Sequence[Past], asker: Asker, load: Load, at: datetime) -> Refused | None:
    """Whether a code may be sent now.

    Args:
        past: codes to this number in the last 24 hours, oldest first.
        asker: who asks.
        load: what else was sent lately.
        at: now.

    Returns:
        None when it may; else the limit that was met and when to come back.
    """
    if asker.known_device:
        mine = [code for code in past if code.known_device]
        return _pause(mine, at) or _full(past, PER_DAY, at)
    strangers = [code for code in past if not code.known_device]
    here = [code for code in strangers if code.address_hash == asker.address_hash]
    return (
        _pause(here, at)
        or _full(here, STRANGERS_PER_ADDRESS, at)
        or _full(strangers, STRANGERS_PER_DAY, at)
        or _full(past, PER_DAY, at)
        or _loaded(load, at)
    )


def _pause(codes: Sequence[Past], at: datetime) -> Refused | None:
    # a code from the future was sent before the clock was set back: nobody waits for that hour
    before = [code.made_at for code in codes if code.made_at <= at]
    if before and at < before[-1] + PAUSE:
        return Refused(Limit.PAUSE, before[-1] + PAUSE)
    return None


def _full(codes: Sequence[Past], most: int, at: datetime) -> Refused | None:
    if len(codes) < most:
        return None
    return Refused(Limit.NUMBER, codes[-most].made_at + DAY)


def _loaded(load: Load, at: datetime) -> Refused | None:
    if len(load.address_hour) >= PER_ADDRESS_AND_HOUR:
        return Refused(Limit.ADDRESS, load.address_hour[-PER_ADDRESS_AND_HOUR] + HOUR)
    if load.minute_is_full:
        return Refused(Limit.EVERYBODY, at + MINUTE)
    if load.hour_is_full:
        return Refused(Limit.EVERYBODY, at + HOUR)
    return None
