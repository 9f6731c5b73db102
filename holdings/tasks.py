"""Background work of this app."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from holdings.gateways import counter_gateway
from holdings.models import CounterFile
from holdings.selectors.averages import days_before, late_days
from holdings.selectors.desk import kinds_missing
from holdings.use_cases.bring_files import bring_again, bring_day

LOOKED_AT = 5
"""Trading days that are asked for again while one of their files is missing."""
HANDED_OUT = timedelta(days=30)
"""So long the counter promises to keep a file (docs/holdings.md)."""


@job(Lane.BULK, lock="holdings.import")
def bring(day: str) -> None:
    """Take the files of a business day from the trading counter."""
    bring_day(day=date.fromisoformat(day), gateway=counter_gateway(), at=clock.now())


@job(Lane.BULK, lock="holdings.import")
def bring_one(ref: str) -> None:
    """Fetch a file once more that somebody of the desk asked for."""
    file = CounterFile.objects.filter(ref=UUID(ref)).first()
    if file is not None:
        bring_again(file, gateway=counter_gateway(), at=clock.now())


@schedule("40 9-14 * * *")
def bring_missing(timestamp: int) -> None:
    """Every hour from 17:40 in Shanghai: ask for what is missing of the last trading days.

    A day without which no average is whole is asked for as long as the counter keeps its files.
    """
    today = clock.today()
    days = {day for day in days_before(today + timedelta(days=1), LOOKED_AT) if kinds_missing(day)}
    waiting = CounterFile.objects.waiting().filter(day__gte=today - HANDED_OUT)
    late = late_days(today - HANDED_OUT, today - timedelta(days=1))
    for day in sorted(days.union(late, waiting.values_list("day", flat=True))):
        bring.defer(day=day.isoformat())
