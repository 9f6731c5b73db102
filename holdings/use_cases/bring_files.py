"""Fetching the files of a day from the trading counter and taking them in a useful order."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from holdings.events import FileAskedAgain
from holdings.gateways import CounterFiles, Unavailable
from holdings.importing.reading import Announced
from holdings.models import CounterDay, CounterFile
from holdings.models.files import DECIDED_ROWS
from holdings.states import NAMING, AskProblem, FileKind
from holdings.use_cases.compare_days import compare_days
from holdings.use_cases.measure_assets import measure_assets, measurement_waits
from holdings.use_cases.take_file import ACTOR, ImportRuns, take_file

logger = logging.getLogger(__name__)
ASKED_FOR = timedelta(minutes=30)
"""So long a file that was asked for is not asked for again: a killed worker comes back."""
ORDER = list(FileKind)  # accounts and securities first: what names them comes after
KEPT = timedelta(days=30)
"""So long the counter promises to keep a file (docs/holdings.md)."""


def bring_day(
    *, day: date, gateway: CounterFiles, at: datetime, actor: Actor = ACTOR
) -> list[CounterFile]:
    """Take what is open of `day`, then what waited for it; each in a transaction of its own.

    Each file is fetched at most once, and none that was decided for good: a killed worker goes
    on where it stopped, and does what is left to be measured and compared. A file that is not to
    be had is left out; the others are taken.

    Args:
        day: the business day.
        gateway: the trading counter.
        at: the instant.
        actor: who asked for it.

    Returns:
        The files that were fetched, as they stand now.

    Raises:
        Unavailable: when the counter lists no files.
        ImportRuns: while another file is being taken.
    """
    settled = set(map(_announced, CounterFile.objects.settled().filter(day=day)))
    listed = [each for each in gateway.files(day=day, at=at) if each not in settled]
    found = _bring_each(listed, gateway, at, actor)
    rest = [each for each in map(_announced, _may_go_on(day, found)) if each not in listed]
    found += _bring_each(rest, gateway, at, actor)
    measure_if_it_waits(at=at)
    compare_days(at=at)
    CounterDay.objects.filter(day=day).update(asked_at=None)
    return found


def _may_go_on(day: date, found: list[CounterFile]) -> QuerySet[CounterFile]:
    """What is still to be fetched of `day` or, once something new was named, of any."""
    if any(file.kind in NAMING and file.status in DECIDED_ROWS for file in found):
        return CounterFile.objects.to_fetch()
    return CounterFile.objects.to_fetch().filter(day=day)


def measure_if_it_waits(*, at: datetime) -> None:
    """Measure everybody where snapshots were written since, by this run or by one that died."""
    if measurement_waits():
        measure_assets(at=at)


def bring_waiting(
    *, gateway: CounterFiles, at: datetime, actor: Actor = ACTOR
) -> list[CounterFile]:
    """Try each file once more that waits for securities or accounts; no file brings the other's.

    Returns:
        Those that could be fetched.
    """
    return _bring_each(map(_announced, CounterFile.objects.to_fetch()), gateway, at, actor)


def _bring_each(
    announced: Iterable[Announced], gateway: CounterFiles, at: datetime, actor: Actor
) -> list[CounterFile]:
    found = []
    for each in sorted(announced, key=lambda one: (ORDER.index(one.kind), one.day, one.revision)):
        try:
            found.append(bring_file(each, gateway=gateway, at=at, actor=actor))
        except Unavailable as error:
            logger.warning("The trading counter does not hand out %s: %s", each.name, error)
    return found


def _announced(file: CounterFile) -> Announced:
    return Announced(file.name, FileKind(file.kind), file.day, file.revision)


def ask_again(*, file: CounterFile, actor: Actor, at: datetime) -> bool:
    """Have the worker fetch one file once more; the desk sees how far it is.

    Args:
        file: locked here.
        actor: who asks.
        at: the instant.

    Returns:
        False where it was asked for already and waits.
    """
    from holdings.tasks import bring_one  # tasks call use cases

    with transaction.atomic():
        row = lock_row(CounterFile, file.pk)
        if row.asked_at is not None and at < row.asked_at + ASKED_FOR:
            return False
        row.asked_at, row.ask_problem = at, ""
        row.save(update_fields=["asked_at", "ask_problem"])
        asked = FileAskedAgain(
            subject=row.ref, file_kind=row.kind, day=row.day, revision=row.revision
        )
        record(asked, actor=actor, at=at)
        bring_one.defer(ref=str(row.ref), by=str(actor.ref or ""))
        return True


def bring_again(
    file: CounterFile, *, gateway: CounterFiles, at: datetime, actor: Actor = ACTOR
) -> CounterFile | None:
    """Fetch one file once more and take it, for the worker; then assets are measured.

    Returns:
        The file as it stands now; None where it could not be fetched, which its row says.
    """
    problem, found = "", None
    try:
        found = bring_file(_announced(file), gateway=gateway, at=at, actor=actor)
    except Unavailable:
        problem = AskProblem.UNAVAILABLE
    except ImportRuns:
        problem = AskProblem.BUSY
    CounterFile.objects.filter(pk=file.pk).update(asked_at=None, ask_problem=problem)
    measure_if_it_waits(at=at)
    compare_days(at=at)
    return found


def bring_file(
    announced: Announced, *, gateway: CounterFiles, at: datetime, actor: Actor = ACTOR
) -> CounterFile:
    """Fetch and take one file; raises Unavailable and ImportRuns."""
    chunks = gateway.read(announced, at=at)
    return take_file(announced=announced, chunks=chunks, at=at, actor=actor)
