"""Background work of this app."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from holdings.dated import looked_at
from holdings.gateways import counter_gateway
from holdings.models import CounterFile
from holdings.selectors.averages import days_before, late_days
from holdings.selectors.desk import days_lacking_files
from holdings.use_cases.bring_files import KEPT, bring_again, bring_day
from holdings.use_cases.measure_assets import measure_assets
from holdings.use_cases.take_file import ACTOR


@job(Lane.BULK, lock="holdings.import")
def bring(day: str, by: str = "") -> None:
    """Take the files of a business day from the trading counter; `by` is who asked for it."""
    bring_day(
        day=date.fromisoformat(day), gateway=counter_gateway(), at=clock.now(), actor=_actor(by)
    )


@job(Lane.BULK, lock="holdings.import")
def bring_one(ref: str, by: str = "") -> None:
    """Fetch a file once more that somebody of the desk asked for."""
    file = CounterFile.objects.filter(ref=UUID(ref)).first()
    if file is not None:
        bring_again(file, gateway=counter_gateway(), at=clock.now(), actor=_actor(by))


@job(Lane.BULK)
def measure() -> None:
    """Measure everybody: another day counts, or none is waited for any more."""
    measure_assets(at=clock.now())


@schedule("40 9-15,22-23,0-1 * * *")
def bring_missing(timestamp: int) -> None:
    """Every hour from 17:40 to 23:40 and from 06:40 to 09:40 in Shanghai, as counters settle.

    The last trading days are asked for whatever is there of them, because a correction announces
    itself nowhere else; settled files are not fetched again. Days that lack a file or wait are
    asked for as long as the counter keeps its files.
    """
    today = clock.today()
    days = set(days_before(today + timedelta(days=1), looked_at(today)))
    days.update(days_lacking_files(today - KEPT, today))
    days.update(late_days(today - KEPT, today - timedelta(days=1)))
    waiting = CounterFile.objects.to_fetch().filter(day__gte=today - KEPT)
    days.update(waiting.values_list("day", flat=True))
    for day in sorted(days):
        bring.defer(day=day.isoformat())


def _actor(by: str) -> Actor:
    user = User.objects.filter(ref=UUID(by)).first() if by else None
    return Actor.of(user) if user else ACTOR
