"""When to remind of an end that comes: on the rungs of a ladder of days. Values in, answer out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta


def rung(ends_on: date, today: date, rungs: Sequence[int]) -> int | None:
    """The rung that was reached: the least number of days of `rungs` that covers what is left.

    Args:
        ends_on: the first day without it.
        today: the business date.
        rungs: days before the end on which somebody is reminded, such as 90, 30, 7.

    Returns:
        One of `rungs`; None while even the longest lies ahead, or when it has ended.
    """
    left = (ends_on - today).days
    reached = [days for days in rungs if left <= days]
    return min(reached) if reached and left > 0 else None


def forced_leave_due(last: date, years: int) -> date:
    """By when the next forced leave has to be over.

    Args:
        last: last day of the latest forced leave, or the first day of service.
        years: of the rule: one leave within so many years.
    """
    try:
        return last.replace(year=last.year + years)
    except ValueError:  # 29 February
        return last.replace(year=last.year + years, day=28) + timedelta(days=1)
