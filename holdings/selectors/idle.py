"""Who holds nothing and did not trade for long: a condition in SQL, for large sets at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from holdings.models import CashBalance, CounterFile, MarginBalance, Position, Trade
from holdings.states import FileKind


def newest_day() -> date | None:
    """The last day of which the counter told money; None where it told none yet."""
    rows = CounterFile.objects.taken().filter(kind=FileKind.CASH).order_by("-day")
    return rows.values_list("day", flat=True).first()


def unused(path: str, *, since: date, below: Decimal, day: date) -> Q:
    """Rows whose customer has no securities, little money, no debt, and no trade since a day.

    Args:
        path: to the customer, such as "customer".
        since: first day of the time without a trade.
        below: yuan; this much on any account is use.
        day: the last day that the counter told (`newest_day`).
    """
    mine = {"account__customer": OuterRef(path)}
    held = Position.objects.filter(**mine, day=day, quantity__gt=0)
    rich = CashBalance.objects.filter(**mine, day=day, amount__gte=below)
    owes = MarginBalance.objects.filter(**mine, day=day).exclude(
        borrowed_cash=0, borrowed_securities=0
    )
    traded = Trade.objects.filter(**mine, day__gte=since)
    return ~Q(Exists(held)) & ~Q(Exists(rich)) & ~Q(Exists(owes)) & ~Q(Exists(traded))
