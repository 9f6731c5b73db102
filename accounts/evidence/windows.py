"""When a question may be asked again: pauses after failures, and the depository's hours. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from brokerage.core.clock import SHANGHAI

PAUSES = (5, 30, 120, 300, 900)
"""Seconds after the first, second, … attempt without an answer; the last one repeats."""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts (from 1)."""
    return timedelta(seconds=PAUSES[min(attempts, len(PAUSES)) - 1])


def next_opening(
    at: datetime, opens: time, closes: time, is_open_day: Callable[[date], bool]
) -> datetime:
    """`at` itself inside the window, else the next instant at which it opens.

    Args:
        at: aware instant.
        opens: local time in Shanghai from which on questions are taken.
        closes: local time up to which, not included.
        is_open_day: whether a date (Shanghai) is a day of service.
    """
    local = at.astimezone(SHANGHAI)
    day = local.date()
    if is_open_day(day):
        if opens <= local.time() < closes:
            return at
        if local.time() < opens:
            return datetime.combine(day, opens, SHANGHAI)
    while True:
        day += timedelta(days=1)
        if is_open_day(day):
            return datetime.combine(day, opens, SHANGHAI)
