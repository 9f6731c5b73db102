"""Looking whether units follow: those of the day before and the trades make those of the day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from brokerage.core.clock import business_date
from holdings.importing.staging import LONG_WORK
from holdings.models import CounterDay
from holdings.selectors.following import COUNT, days_to_compare

LOOKED_BACK = timedelta(days=30)
"""So far back the counter hands files out, so that a correction may still come."""


def compare_days(*, at: datetime) -> int:
    """Count what does not follow, of each day that was not compared since its files came.

    Splits, bonus shares, allotments and transfers make units without a trade: the desk looks at
    what is counted, nothing is refused for it.

    Args:
        at: the instant.

    Returns:
        How many days were compared.
    """
    today = business_date(at)
    pairs = days_to_compare(today - LOOKED_BACK, today)
    for before, day in pairs:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LONG_WORK)
            row, _made = CounterDay.objects.get_or_create(day=day)
            cursor.execute(COUNT, {"before": before, "day": day})
            row.differing, row.compared_at = cursor.fetchone()[0], at
            row.save(update_fields=["differing", "compared_at"])
    return len(pairs)
