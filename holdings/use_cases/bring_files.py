"""Fetching the files of a day from the trading counter and taking them in a useful order."""

from __future__ import annotations

from datetime import date, datetime

from brokerage.journal.actors import Actor
from holdings.gateways import CounterGateway
from holdings.importing.reading import Announced
from holdings.models import CounterFile
from holdings.states import FileKind, FileStatus
from holdings.use_cases.measure_assets import measure_assets
from holdings.use_cases.take_file import ACTOR, take_file

ORDER = list(FileKind)


def bring_day(
    *, day: date, gateway: CounterGateway, at: datetime, actor: Actor = ACTOR
) -> list[CounterFile]:
    """Take every file of `day`, then what waited for them; each in a transaction of its own.

    Nothing is fetched twice that was decided for good, so a killed worker goes on where it
    stopped.

    Args:
        day: the business day.
        gateway: the trading counter.
        at: the instant.
        actor: who asked for it.

    Returns:
        The files as they stand now.

    Raises:
        Unavailable: when the counter does not answer; what was taken before stays.
        ImportRuns: while another file is being taken.
    """
    announced = sorted(
        gateway.files(day=day, at=at), key=lambda each: (ORDER.index(each.kind), each.revision)
    )
    found = [bring_file(each, gateway=gateway, at=at, actor=actor) for each in announced]
    again = bring_waiting(gateway=gateway, at=at, actor=actor)
    if any(file.status == FileStatus.TAKEN for file in (*found, *again)):
        measure_assets(at=at)
    return found


def bring_waiting(
    *, gateway: CounterGateway, at: datetime, actor: Actor = ACTOR
) -> list[CounterFile]:
    """Try the files again that wait for securities or accounts, until none of them moves on."""
    moved: list[CounterFile] = []
    while True:
        waiting = list(CounterFile.objects.waiting().order_by("day", "revision", "pk"))
        tried = [bring_again(file, gateway=gateway, at=at, actor=actor) for file in waiting]
        done = [file for file in tried if file.status != FileStatus.WAITING]
        if not done:
            return moved
        moved += done


def bring_again(
    file: CounterFile, *, gateway: CounterGateway, at: datetime, actor: Actor = ACTOR
) -> CounterFile:
    """Fetch one file once more and take it; raises like `bring_day`."""
    announced = Announced(file.name, FileKind(file.kind), file.day, file.revision)
    return bring_file(announced, gateway=gateway, at=at, actor=actor)


def bring_file(
    announced: Announced, *, gateway: CounterGateway, at: datetime, actor: Actor = ACTOR
) -> CounterFile:
    """Fetch and take one file; raises like `bring_day`."""
    chunks = gateway.read(announced, at=at)
    return take_file(announced=announced, chunks=chunks, at=at, actor=actor)
