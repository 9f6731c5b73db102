"""Count what the trades of a day brought in, by outlet; the counter's corrections count too."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from branches.commission.dated import all_fees
from branches.models import OrgUnit
from holdings.models import CounterFile
from holdings.states import FileKind
from products.models import CommissionDay
from products.rules.commission import Traded, add_up

SUMS = """
SELECT c.home_outlet_ref, i.market, i.kind, count(*), sum(t.amount), sum(t.fees)
FROM holdings_trade t
JOIN holdings_account a ON a.id = t.account_id
JOIN customers_customer c ON c.id = a.customer_id
JOIN reference_instrument i ON i.id = t.instrument_id
WHERE t.day = %s GROUP BY 1, 2, 3
"""
LONG_WORK = "SET LOCAL statement_timeout = '10min'"
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('products.commission', 0))"
AS_PRODUCT = {"conv": "convertible"}
"""Kinds of securities that the grid of commission calls otherwise."""


@transaction.atomic
def count_commission(*, day: date, at: datetime) -> int:
    """Write the day's rows anew; again, it comes to the same.

    A customer counts for the outlet where they are at home when it is counted.

    Returns:
        How many outlets had trades.
    """
    with connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        cursor.execute(ONE_AT_A_TIME)
        cursor.execute(SUMS, [day])
        found: dict[UUID | None, list[Traded]] = defaultdict(list)
        for outlet, market, kind, trades, turnover, charged in cursor.fetchall():
            group = (market, AS_PRODUCT.get(kind, kind))
            traded = Traded(group=group, trades=trades, turnover=turnover, charged=charged)
            found[outlet].append(traded)
    dues = {group: fees.floor for group, fees in all_fees(day).items()}
    units = dict(
        OrgUnit.objects.filter(ref__in=[ref for ref in found if ref]).values_list("ref", "pk")
    )
    by_unit: dict[int | None, list[Traded]] = defaultdict(list)
    for outlet, rows in found.items():
        by_unit[units.get(outlet) if outlet else None] += rows
    CommissionDay.objects.filter(day=day).delete()
    CommissionDay.objects.bulk_create(
        CommissionDay(day=day, unit_id=unit, counted_at=at, **vars(add_up(rows, dues)))
        for unit, rows in by_unit.items()
    )
    return len(by_unit)


def days_to_count() -> list[date]:
    """Days whose trades were taken and that nobody has counted."""
    taken = CounterFile.objects.taken().filter(kind=FileKind.TRADES)
    counted = CommissionDay.objects.values("day")
    return list(taken.exclude(day__in=counted).order_by("day").values_list("day", flat=True))
