"""The one application clock. Rules never call it: the caller passes `at=`.

Instants are UTC; business dates are those of Asia/Shanghai.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class _Clock:
    """The offset is for the sandbox, whose clock can be advanced; production keeps zero."""

    offset = timedelta(0)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + _Clock.offset


def business_date(at: datetime) -> date:
    """The calendar date in Asia/Shanghai at the instant `at` (aware)."""
    return at.astimezone(SHANGHAI).date()


def day_begins(day: date) -> datetime:
    """The first instant of a business date, aware."""
    return datetime.combine(day, time.min, SHANGHAI)


def today() -> date:
    """The present business date."""
    return business_date(now())


def set_offset(offset: timedelta) -> None:
    """Move the clock of this process by `offset` (sandbox and tests only)."""
    _Clock.offset = offset
