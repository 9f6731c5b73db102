"""Average and service tier of every customer as of a day, in one set."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from brokerage.core.clock import business_date
from holdings.dated import tier_rule
from holdings.importing.staging import LONG_WORK
from holdings.models import AssetSnapshot, CounterDay
from holdings.selectors.averages import counted_days, late_days

# A table of its own, because PostgreSQL sums on several cores only where it need not write rows
# that others see. A mean is rounded towards zero, as `selectors.averages.average` does.
MEANS = """
CREATE TEMP TABLE holdings_means ON COMMIT DROP AS
SELECT customer_id, trunc(sum(counted) / %(n)s, 2) AS mean,
    coalesce(sum(counted) FILTER (WHERE day = %(day)s), 0) AS newest
FROM holdings_assetsnapshot WHERE day = ANY(%(days)s) GROUP BY customer_id
"""
# each worker hands over one sum a customer; by its own estimate that costs more than it saves
ON_ALL_CORES = "SET LOCAL parallel_tuple_cost = 0.02"
MEASURE = """
INSERT INTO holdings_customerassets AS old
    (ref, customer_id, day, counted, average, tier, rule_version)
SELECT gen_random_uuid(), customer_id, %(day)s, newest, mean,
    CASE WHEN mean >= %(least)s THEN 'full' ELSE 'basic' END, %(version)s
FROM holdings_means ORDER BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET day = excluded.day, counted = excluded.counted,
    average = excluded.average, tier = excluded.tier, rule_version = excluded.rule_version
WHERE (old.day, old.counted, old.average, old.tier, old.rule_version) IS DISTINCT FROM
    (excluded.day, excluded.counted, excluded.average, excluded.tier, excluded.rule_version)
"""
NOTHING_LEFT = """
UPDATE holdings_customerassets old SET day = %(day)s, counted = 0, average = 0, tier = 'basic',
    rule_version = %(version)s
WHERE (day, counted, average, tier, rule_version)
    IS DISTINCT FROM (%(day)s, 0, 0, 'basic', %(version)s) AND NOT EXISTS (
    SELECT FROM holdings_means m WHERE m.customer_id = old.customer_id)
"""
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('holdings.measure', 0))"


@transaction.atomic
def measure_assets(*, at: datetime) -> int:
    """Measure everybody as of the newest day that has snapshots; again, it changes nothing.

    While a day of the window is late, everybody's figures stay as they are: nobody falls into
    another tier because a file of the counter has not arrived.

    Returns:
        How many customers' figures changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        cursor.execute(ONE_AT_A_TIME)  # a second one would write the days of before the first
    newest = newest_day()
    if newest is None:
        return 0
    rule = tier_rule(business_date(at))
    days = counted_days(newest + timedelta(days=1), rule.days)
    if late_days(days[0], newest):
        return 0
    known = list(_unmeasured().values_list("pk", "written"))  # before the snapshots are read
    values: dict[str, Any] = {
        "day": newest,
        "days": days,
        "n": rule.days,
        "least": rule.least,
        "version": rule.version,
    }
    written = _measure(values)
    for pk, times in known:
        CounterDay.objects.filter(pk=pk).update(measured=times)
    return written


def measurement_waits() -> bool:
    """Whether snapshots were written that the averages of everybody do not know yet."""
    return _unmeasured().exists()


def _unmeasured() -> QuerySet[CounterDay]:
    return CounterDay.objects.filter(measured__lt=F("written"))


def _measure(values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS holdings_means")
        cursor.execute(ON_ALL_CORES)
        cursor.execute(MEANS, values)
        cursor.execute(MEASURE, values)
        written = cursor.rowcount
        cursor.execute(NOTHING_LEFT, values)
        return written + cursor.rowcount


def newest_day() -> date | None:
    """The last day that has snapshots."""
    return AssetSnapshot.objects.order_by("-day").values_list("day", flat=True).first()
