"""When and how often we may write to somebody. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from brokerage.core.clock import SHANGHAI

SECURITY = "security"
MARKETING = "marketing"


@dataclass(frozen=True)
class Quiet:
    """Hours in which nothing is sent, in Shanghai; half-open, may cross midnight.

    Equal ends mean that there are none.
    """

    start: time
    end: time

    def covers(self, at: datetime) -> bool:
        """Whether the instant `at` lies in these hours."""
        now = at.astimezone(SHANGHAI).time().replace(tzinfo=None)
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end

    def over(self, at: datetime) -> datetime:
        """The first instant at or after `at` outside these hours."""
        if not self.covers(at):
            return at
        local = at.astimezone(SHANGHAI)
        day = local.date()
        end = datetime.combine(day, self.end, SHANGHAI)
        if end <= local:
            end = datetime.combine(day + timedelta(days=1), self.end, SHANGHAI)
        return end.astimezone(at.tzinfo)


@dataclass(frozen=True)
class Cap:
    """At most `limit` of a purpose through a channel within `days` (24 hours each)."""

    purpose: str
    channel: str
    limit: int
    days: int


@dataclass(frozen=True)
class ContactRules:
    """One dated version of the contact rules.

    Attributes:
        version: stored with every message.
        valid_from: first business date.
        quiet: hours that hold for offers whatever somebody prefers.
        caps: limits.
        lifetimes: purpose → how long a queued text is still worth sending.
    """

    version: str
    valid_from: date
    quiet: Quiet
    caps: tuple[Cap, ...]
    lifetimes: dict[str, timedelta]

    def caps_of(self, purpose: str, channel: str) -> list[Cap]:
        """The limits that count for one purpose and channel."""
        return [cap for cap in self.caps if (cap.purpose, cap.channel) == (purpose, channel)]


def earliest(*, purpose: str, at: datetime, own: Quiet, house: Quiet) -> datetime:
    """When a text of this purpose may leave.

    Args:
        purpose: security leaves at once.
        at: now.
        own: quiet hours that the person chose.
        house: quiet hours that always hold for offers.
    """
    if purpose == SECURITY:
        return at
    windows = [own, house] if purpose == MARKETING else [own]
    when = at
    for _ in range(len(windows) + 1):  # the end of one window may lie in the other
        for window in windows:
            when = window.over(when)
    return when


def is_capped(caps: Iterable[Cap], *, sent_at: Iterable[datetime], at: datetime) -> bool:
    """Whether one more would be too many.

    Args:
        caps: limits of this purpose and channel.
        sent_at: instants of those written already.
        at: now.
    """
    past = list(sent_at)
    return any(
        sum(at - timedelta(days=cap.days) < instant <= at for instant in past) >= cap.limit
        for cap in caps
    )
