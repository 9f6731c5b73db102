"""Looking whether the units and the money of a day follow from the day before and the trades."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from brokerage.core.clock import business_date
from holdings.importing.staging import LONG_WORK
from holdings.models import CounterDay
from holdings.selectors.following import days_to_compare

LOOKED_BACK = timedelta(days=30)
"""So far back the counter hands files out, so that a correction may still come."""


def compare_days(*, at: datetime) -> int:
    """Count what does not follow, of each day that was not compared since its files came.

    Splits, bonus shares, allotments and transfers make units without a trade; deposits,
    withdrawals, interest and dividends move money without one. The desk looks at what is
    counted, nothing is refused for it.

    Args:
        at: the instant.

    Returns:
        How many comparisons were made.
    """
    today = business_date(at)
    wanted = days_to_compare(today - LOOKED_BACK, today)
    for each, before, day in wanted:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LONG_WORK)
            row, _made = CounterDay.objects.get_or_create(day=day)
            cursor.execute(each.sql, {"before": before, "day": day})
            setattr(row, each.count, cursor.fetchone()[0])
            setattr(row, each.since, at)
            row.save(update_fields=[each.count, each.since])
    return len(wanted)
