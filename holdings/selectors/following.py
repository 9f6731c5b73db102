"""Which units of a day do not follow from the day before and the trades between."""

# ruff: noqa: S608 - put together of what stands here, never of a file

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from django.db import connection, transaction

from brokerage.reference.models import Instrument
from holdings.models import Account, CounterDay, CounterFile
from holdings.selectors.averages import days_before, trading_days
from holdings.states import FileKind

_DIFFERING = """
SELECT account_id, instrument_id, sum(before) AS before, sum(traded) AS traded, sum(after) AS after
FROM (
    SELECT account_id, instrument_id, quantity AS before, 0 AS traded, 0 AS after
        FROM holdings_position WHERE day = %(before)s
    UNION ALL
    SELECT account_id, instrument_id, 0, CASE side WHEN 'buy' THEN quantity ELSE -quantity END, 0
        FROM holdings_trade WHERE day = %(day)s
    UNION ALL
    SELECT account_id, instrument_id, 0, 0, quantity FROM holdings_position WHERE day = %(day)s
) AS parts
GROUP BY account_id, instrument_id HAVING sum(before) + sum(traded) <> sum(after)
"""
COUNT = f"SELECT count(*) FROM ({_DIFFERING}) AS differing"
_FIRST = f"{_DIFFERING} ORDER BY account_id, instrument_id LIMIT %(most)s"
ROOM = "SET LOCAL statement_timeout = '1min'; SET LOCAL work_mem = '96MB'"
SHOWN = 100


@dataclass(frozen=True)
class Differing:
    """Units that do not follow: `before` and `traded` do not make what is held `after`."""

    account: Account
    instrument: Instrument
    before: Decimal
    traded: Decimal
    after: Decimal


def days_to_compare(first: date, last: date) -> list[tuple[date, date]]:
    """Days from `first` to `last`, each with the one before, whose files came since a comparison.

    Positions of both days and the trades of the later one have to be there; three queries.
    """
    days = trading_days(first, last)
    taken: dict[tuple[date, str], datetime] = {}
    rows = CounterFile.objects.taken().filter(day__range=(first, last), decided_at__isnull=False)
    for day, kind, since in rows.values_list("day", "kind", "decided_at"):
        assert since is not None
        taken[day, kind] = since
    compared = dict(
        CounterDay.objects.filter(day__in=days, compared_at__isnull=False).values_list(
            "day", "compared_at"
        )
    )
    found = []
    for before, day in pairwise(days):
        needed = ((before, FileKind.POSITIONS), (day, FileKind.POSITIONS), (day, FileKind.TRADES))
        came = [taken[each] for each in needed if each in taken]
        known = compared.get(day)
        if len(came) == len(needed) and (known is None or known <= max(came)):
            found.append((before, day))
    return found


def differing_units(day: date, most: int = SHOWN) -> list[Differing]:
    """The first rows of `day` that do not follow, as they stand now; four queries.

    Args:
        day: a trading day that was compared.
        most: so many at most.
    """
    before = days_before(day, 1)
    if not before:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROOM)
        cursor.execute(_FIRST, {"before": before[0], "day": day, "most": most})
        rows = cursor.fetchall()
    accounts = Account.objects.in_bulk([row[0] for row in rows])
    papers = Instrument.objects.in_bulk([row[1] for row in rows])
    return [
        Differing(accounts[account], papers[paper], *(figure.normalize() for figure in figures))
        for account, paper, *figures in rows
    ]
