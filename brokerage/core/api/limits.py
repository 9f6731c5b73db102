"""Rate limits: fixed windows, counted exactly, told to the client in every answer.

Headers as in the IETF draft "RateLimit header fields": `RateLimit-Policy` says what is allowed,
`RateLimit` what remains. The table of counters belongs to a higher app: it passes `count`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from brokerage.core.api.problems import Problem

Count = Callable[[str, int], int]
"""Adds one to a key's counter of a window (its number) and returns the new count."""


@dataclass(frozen=True)
class Limit:
    """At most `quota` requests in each window of `seconds`, by the key of the caller."""

    name: str
    quota: int
    seconds: int = 60

    @property
    def policy(self) -> str:
        return f'"{self.name}";q={self.quota};w={self.seconds}'


@dataclass(frozen=True)
class Spent:
    """One limit after this request was counted."""

    limit: Limit
    remaining: int
    reset: int

    @property
    def state(self) -> str:
        return f'"{self.limit.name}";r={max(self.remaining, 0)};t={self.reset}'


def spend(limit: Limit, key: str, *, at: datetime, count: Count) -> Spent:
    """Count one request of `key` against `limit` at the instant `at`."""
    second = int(at.timestamp())
    used = count(f"{limit.name}:{key}", second // limit.seconds)
    return Spent(limit, limit.quota - used, limit.seconds - second % limit.seconds)


def headers(spent: list[Spent]) -> dict[str, str]:
    """The two headers for all limits that were counted."""
    return {
        "RateLimit-Policy": ", ".join(each.limit.policy for each in spent),
        "RateLimit": ", ".join(each.state for each in spent),
    }


def refuse_if_spent(spent: Spent) -> None:
    """Raise Problem(rate-limited) when the window's quota is used up."""
    if spent.remaining < 0:
        raise Problem("rate-limited", headers={"Retry-After": str(spent.reset)})
