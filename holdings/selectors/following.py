"""What of a day does not follow from the day before and the trades between: units and money."""

# ruff: noqa: S608 - put together of what stands here, never of a file

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

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
_FIRST = f"{_DIFFERING} ORDER BY account_id, instrument_id LIMIT %(most)s"
_MOVED = """
SELECT account_id, sum(before) AS before, sum(traded) AS traded, sum(after) AS after
FROM (
    SELECT account_id, amount AS before, 0 AS traded, 0 AS after
        FROM holdings_cashbalance WHERE day = %(before)s
    UNION ALL
    SELECT account_id, -borrowed_cash, 0, 0 FROM holdings_marginbalance WHERE day = %(before)s
    UNION ALL
    SELECT account_id, 0, CASE side WHEN 'buy' THEN -amount ELSE amount END - fees, 0
        FROM holdings_trade WHERE day = %(day)s
    UNION ALL
    SELECT account_id, 0, 0, amount FROM holdings_cashbalance WHERE day = %(day)s
    UNION ALL
    SELECT account_id, 0, 0, -borrowed_cash FROM holdings_marginbalance WHERE day = %(day)s
) AS parts
GROUP BY account_id HAVING sum(before) + sum(traded) <> sum(after)
"""
_MOST_MOVED = (
    f"{_MOVED} ORDER BY abs(sum(after) - sum(before) - sum(traded)) DESC, account_id"
    " LIMIT %(most)s"
)
ROOM = "SET LOCAL statement_timeout = '1min'; SET LOCAL work_mem = '96MB'"
SHOWN = 100


@dataclass(frozen=True)
class Comparison:
    """One look at a day.

    Attributes:
        kinds: files of both days that have to be there, beside the trades of the later one.
        count: the column of `CounterDay` that takes how many do not follow.
        since: the column that takes when they were compared.
        sql: counts them, with `before` and `day`.
    """

    kinds: tuple[FileKind, ...]
    count: str
    since: str
    sql: str


COMPARISONS = (
    Comparison(
        (FileKind.POSITIONS,),
        "differing",
        "compared_at",
        f"SELECT count(*) FROM ({_DIFFERING}) AS differing",
    ),
    Comparison(
        (FileKind.CASH, FileKind.MARGIN),
        "moved",
        "money_compared_at",
        f"SELECT count(*) FROM ({_MOVED}) AS moved",
    ),
)


@dataclass(frozen=True)
class Moved:
    """Own money of an account in yuan, without what is borrowed, that does not follow.

    `before` and `traded`, fees included, do not make what is there `after`.
    """

    account: Account
    before: Decimal
    traded: Decimal
    after: Decimal

    @property
    def without_trade(self) -> Decimal:
        """What came or, below zero, went without a trade."""
        return self.after - self.before - self.traded


@dataclass(frozen=True)
class Differing:
    """Units that do not follow: `before` and `traded` do not make what is held `after`."""

    account: Account
    instrument: Instrument
    before: Decimal
    traded: Decimal
    after: Decimal


def days_to_compare(first: date, last: date) -> list[tuple[Comparison, date, date]]:
    """Days from `first` to `last`, each with the one before, whose files came since a comparison.

    Three queries for all comparisons.
    """
    days = trading_days(first, last)
    taken: dict[tuple[date, str], datetime] = {}
    rows = CounterFile.objects.taken().filter(day__range=(first, last), decided_at__isnull=False)
    for day, kind, since in rows.values_list("day", "kind", "decided_at"):
        assert since is not None
        taken[day, kind] = since
    known = {row.day: row for row in CounterDay.objects.filter(day__in=days)}
    found = []
    for before, day in pairwise(days):
        for each in COMPARISONS:
            needed = [(one, kind) for one in (before, day) for kind in each.kinds]
            needed.append((day, FileKind.TRADES))
            compared = getattr(known.get(day), each.since, None)
            came = [taken[one] for one in needed if one in taken]
            if len(came) == len(needed) and (compared is None or compared <= max(came)):
                found.append((each, before, day))
    return found


def differing_units(day: date, most: int = SHOWN) -> list[Differing]:
    """The first holdings of `day` that do not follow, as they stand now; four queries.

    Args:
        day: a trading day that was compared.
        most: so many at most.
    """
    rows = _rows(_FIRST, day, most)
    accounts = Account.objects.in_bulk([row[0] for row in rows])
    papers = Instrument.objects.in_bulk([row[1] for row in rows])
    return [
        Differing(accounts[account], papers[paper], *(figure.normalize() for figure in figures))
        for account, paper, *figures in rows
    ]


def moved_money(day: date, most: int = SHOWN) -> list[Moved]:
    """The accounts of `day` into or out of which most money went without a trade; three queries.

    Args:
        day: a trading day whose money was compared.
        most: so many at most.
    """
    rows = _rows(_MOST_MOVED, day, most)
    accounts = Account.objects.in_bulk([row[0] for row in rows])
    return [Moved(accounts[account], *figures) for account, *figures in rows]


def _rows(sql: str, day: date, most: int) -> list[Any]:
    before = days_before(day, 1)
    if not before:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROOM)
        cursor.execute(sql, {"before": before[0], "day": day, "most": most})
        return cursor.fetchall()
