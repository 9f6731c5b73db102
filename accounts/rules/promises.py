"""By when we answer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from brokerage.core.clock import SHANGHAI

OPENS, CLOSES = time(9, 0), time(17, 0)


def promise(at: datetime, minutes: int, is_working_day: Callable[[date], bool]) -> datetime:
    """When a review that begins to wait at `at` is finished: `minutes` of desk time later.

    Args:
        at: aware instant.
        minutes: desk time that we promise.
        is_working_day: whether the desk works on a date (Asia/Shanghai).
    """
    local = at.astimezone(SHANGHAI)
    left = timedelta(minutes=minutes)
    for day in _days_from(local.date()):
        if not is_working_day(day):
            continue
        opens = datetime.combine(day, OPENS, SHANGHAI)
        closes = datetime.combine(day, CLOSES, SHANGHAI)
        begins = max(opens, local)
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, timedelta(0))
    raise AssertionError("unreachable")


def minutes_left(at: datetime, until: datetime, is_working_day: Callable[[date], bool]) -> int:
    """Desk minutes between two instants; 0 where `until` has passed. The reverse of `promise`.

    Args:
        at: aware instant.
        until: the promise.
        is_working_day: whether the desk works on a date (Asia/Shanghai).
    """
    start, end = at.astimezone(SHANGHAI), until.astimezone(SHANGHAI)
    total = timedelta(0)
    for day in _days_from(start.date()):
        if day > end.date():
            return int(total.total_seconds() // 60)
        if is_working_day(day):
            opens = max(datetime.combine(day, OPENS, SHANGHAI), start)
            closes = min(datetime.combine(day, CLOSES, SHANGHAI), end)
            total += max(closes - opens, timedelta(0))
    raise AssertionError("unreachable")


def _days_from(day: date) -> Iterable[date]:
    while True:
        yield day
        day += timedelta(days=1)
