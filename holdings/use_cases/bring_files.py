"""Fetching the files of a day from the trading counter and taking them in a useful order."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from holdings.events import FileAskedAgain
from holdings.gateways import CounterFiles, Unavailable
from holdings.importing.reading import Announced
from holdings.models import CounterFile
from holdings.models.files import DECIDED_ROWS
from holdings.states import AskProblem, FileKind, FileStatus
from holdings.use_cases.measure_assets import measure_assets
from holdings.use_cases.take_file import ACTOR, ImportRuns, take_file

logger = logging.getLogger(__name__)
ASKED_FOR = timedelta(minutes=30)
"""So long a file that was asked for is not asked for again: a killed worker comes back."""
ORDER = list(FileKind)  # securities first: what names them comes after


def bring_day(
    *, day: date, gateway: CounterFiles, at: datetime, actor: Actor = ACTOR
) -> list[CounterFile]:
    """Take what is open of `day`, then what waited for it; each in a transaction of its own.

    Each file is fetched at most once, and none that was decided for good: a killed worker goes
    on where it stopped. A file that is not to be had is left out; the others are taken.

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
    waiting = CounterFile.objects.waiting()
    if not any(file.kind == FileKind.SECURITIES and file.status in DECIDED_ROWS for file in found):
        waiting = waiting.filter(day=day)
    rest = [each for each in map(_announced, waiting) if each not in listed]
    found += _bring_each(rest, gateway, at, actor)
    if any(file.status == FileStatus.TAKEN for file in found):
        measure_assets(at=at)
    return found


def bring_waiting(
    *, gateway: CounterFiles, at: datetime, actor: Actor = ACTOR
) -> list[CounterFile]:
    """Try each file once more that waits for securities or accounts; no file brings the other's.

    Returns:
        Those that could be fetched.
    """
    return _bring_each(map(_announced, CounterFile.objects.waiting()), gateway, at, actor)


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
        row = CounterFile.objects.select_for_update().get(pk=file.pk)
        if row.asked_at is not None and at < row.asked_at + ASKED_FOR:
            return False
        row.asked_at, row.ask_problem = at, ""
        row.save(update_fields=["asked_at", "ask_problem"])
        asked = FileAskedAgain(
            subject=row.ref, file_kind=row.kind, day=row.day, revision=row.revision
        )
        record(asked, actor=actor, at=at)
        bring_one.defer(ref=str(row.ref))
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
    if found is not None and found.status == FileStatus.TAKEN:
        measure_assets(at=at)
    return found


def bring_file(
    announced: Announced, *, gateway: CounterFiles, at: datetime, actor: Actor = ACTOR
) -> CounterFile:
    """Fetch and take one file; raises Unavailable and ImportRuns."""
    chunks = gateway.read(announced, at=at)
    return take_file(announced=announced, chunks=chunks, at=at, actor=actor)
