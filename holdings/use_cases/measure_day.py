"""Asset snapshots of a day, for all customers in one set."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from holdings.events import DayMeasured
from holdings.models import CounterDay, CounterFile
from holdings.states import VALUED

SUMS = """
CREATE TEMP TABLE holdings_sums ON COMMIT DROP AS
SELECT a.customer_id, sum(securities) AS securities, sum(cash) AS cash,
    sum(borrowed_cash) AS borrowed_cash, sum(borrowed_securities) AS borrowed_securities
FROM (
    SELECT account_id, value AS securities, 0 AS cash, 0 AS borrowed_cash, 0 AS borrowed_securities
        FROM holdings_position WHERE day = %(day)s
    UNION ALL
    SELECT account_id, 0, amount, 0, 0 FROM holdings_cashbalance WHERE day = %(day)s
    UNION ALL
    SELECT account_id, 0, 0, borrowed_cash, borrowed_securities
        FROM holdings_marginbalance WHERE day = %(day)s
) AS parts JOIN holdings_account a ON a.id = parts.account_id
GROUP BY a.customer_id
"""
STALE = """
DELETE FROM holdings_assetsnapshot old WHERE day = %(day)s
    AND NOT EXISTS (SELECT FROM holdings_sums s WHERE s.customer_id = old.customer_id)
"""
KEEP = """
INSERT INTO holdings_assetsnapshot AS old
    (customer_id, day, securities, cash, borrowed_cash, borrowed_securities, counted)
SELECT customer_id, %(day)s, securities, cash, borrowed_cash, borrowed_securities,
    securities + cash - borrowed_cash - borrowed_securities
FROM holdings_sums
ON CONFLICT ON CONSTRAINT one_snapshot_a_day DO UPDATE SET
    securities = excluded.securities, cash = excluded.cash,
    borrowed_cash = excluded.borrowed_cash,
    borrowed_securities = excluded.borrowed_securities, counted = excluded.counted
WHERE (old.securities, old.cash, old.borrowed_cash, old.borrowed_securities)
    IS DISTINCT FROM (excluded.securities, excluded.cash, excluded.borrowed_cash,
        excluded.borrowed_securities)
"""


@transaction.atomic
def measure_day(*, file: CounterFile, actor: Actor, at: datetime) -> int:
    """Make or correct the snapshots of the file's day, once all that is valued was taken.

    What was written stands on the day until everybody's averages know it (`measure_assets`).

    Returns:
        How many snapshots were made, changed or removed; 0 while the day is not complete.
    """
    if file.kind not in VALUED or not is_complete(file.day):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS holdings_sums")
        cursor.execute(SUMS, {"day": file.day})
        cursor.execute(STALE, {"day": file.day})
        written = cursor.rowcount
        cursor.execute(KEEP, {"day": file.day})
        written += cursor.rowcount
    if written:
        row, _made = CounterDay.objects.get_or_create(day=file.day)
        CounterDay.objects.filter(pk=row.pk).update(written=F("written") + 1)
    event = DayMeasured(subject=file.ref, day=file.day, customers=written)
    record(event, actor=actor, at=at)
    return written


def is_complete(day: date) -> bool:
    """Whether positions, cash and margin balances of the day were taken."""
    taken = CounterFile.objects.taken().filter(day=day, kind__in=VALUED)
    return taken.count() == len(VALUED)
