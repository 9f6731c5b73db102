"""Count at night how many customers of each outlet hold a fund of ours."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from products.models import Coverage

COUNTS = """
SELECT u.id, count(*), count(h.customer_id)
FROM customers_customer c
JOIN branches_orgunit u ON u.ref = c.home_outlet_ref
LEFT JOIN (SELECT DISTINCT customer_id FROM products_holding WHERE units > 0) h
    ON h.customer_id = c.id
WHERE c.closed_at IS NULL GROUP BY 1
"""
LONG_WORK = "SET LOCAL statement_timeout = '10min'"
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('products.coverage', 0))"


@transaction.atomic
def count_coverage(*, at: datetime) -> int:
    """Write all rows anew; again, it comes to the same. Readers see the old ones meanwhile.

    Returns:
        At how many outlets somebody is at home.
    """
    with connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        cursor.execute(ONE_AT_A_TIME)
        cursor.execute(COUNTS)
        found = cursor.fetchall()
    Coverage.objects.all().delete()
    Coverage.objects.bulk_create(
        Coverage(unit_id=unit, customers=customers, holders=holders, counted_at=at)
        for unit, customers, holders in found
    )
    return len(found)
