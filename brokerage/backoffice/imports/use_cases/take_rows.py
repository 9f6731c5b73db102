"""Put the good rows of a released import into effect, through its importer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from brokerage.backoffice.events import ImportTaken
from brokerage.backoffice.imports.importer import Importer, clean, errors_of, importers
from brokerage.backoffice.imports.states import RowState, Status
from brokerage.backoffice.imports.wording import told
from brokerage.backoffice.models import ImportRow, ImportRun
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

TAKER = Actor.system("backoffice.imports")
CHUNK = 200


class _RowFailed(Exception):
    """One row of an import that is taken as a whole cannot be taken."""

    def __init__(self, row: ImportRow, errors: dict[str, list[Any]]) -> None:
        super().__init__()
        self.row, self.errors = row, errors


def take_rows(*, ref: UUID, at: datetime) -> ImportRun:
    """Take the rows of a released import; a second run goes on where the first one stopped.

    Good rows are taken in portions, each row in a savepoint of its own; one that fails is kept
    with its error. An import "as a whole" is one transaction that any failing row undoes.

    Args:
        ref: of the run.
        at: now.
    """
    run = ImportRun.objects.get(ref=ref)
    if run.status != Status.TAKING:
        return run
    if not run.whole:
        while _portion(run, at):
            pass
        return _finish(run, Status.TAKEN, at)
    try:
        with transaction.atomic():
            while _portion(run, at):
                pass
            return _finish(run, Status.TAKEN, at)
    except _RowFailed as failed:
        return _refuse(run, failed, at)


@transaction.atomic
def _portion(run: ImportRun, at: datetime) -> bool:
    """Take the next rows; False when none is left."""
    locked = lock_row(ImportRun, run.pk)
    if locked.status != Status.TAKING:  # another worker was quicker
        return False
    left = ImportRow.objects.filter(run=run, state=RowState.GOOD).order_by("number")
    rows = list(left[:CHUNK])
    if not rows:
        return False
    _take(locked, rows, at)
    locked.save(update_fields=["taken_count", "failed_count"])
    return True


def _take(run: ImportRun, rows: Sequence[ImportRow], at: datetime) -> None:
    importer = importers.get(run.importer)
    maker = User.objects.get(ref=run.made_by_ref)
    checker = User.objects.get(ref=run.checked_by_ref)
    found = [clean(importer, row.content["cells"]) for row in rows]
    facts = importer.facts([values for values, _errors in found], user=maker)
    for row, (values, errors) in zip(rows, found, strict=True):
        errors = errors or _taken(importer, row, values, facts, (maker, checker), at)
        if errors and run.whole:
            raise _RowFailed(row, errors)
        if errors:
            row.write(row.content["cells"], told([errors])[0])
            row.state = RowState.FAILED
            run.failed_count += 1
        else:
            row.state = RowState.TAKEN
            run.taken_count += 1
        row.save()


def _taken(
    importer: Importer,
    row: ImportRow,
    values: dict[str, Any],
    facts: Any,
    people: tuple[User, User],
    at: datetime,
) -> dict[str, list[Any]]:
    """Check the row as things stand now and take it; the errors if it cannot be."""
    maker, checker = people
    try:
        with transaction.atomic():
            importer.check(values, facts, user=maker)
            row.target_ref = importer.take(values, maker=maker, checker=checker, at=at)
    except ValidationError as error:
        row.target_ref = None
        return errors_of(error)
    return {}


@transaction.atomic
def _finish(run: ImportRun, status: Status, at: datetime) -> ImportRun:
    locked = lock_row(ImportRun, run.pk)
    if locked.status != Status.TAKING:
        return locked
    locked.move_to(status)
    locked.finished_at = at
    locked.save()
    event = ImportTaken(
        subject=locked.ref,
        importer=locked.importer,
        taken=locked.taken_count,
        failed=locked.failed_count,
    )
    record(event, actor=TAKER, at=at)
    return locked


@transaction.atomic
def _refuse(run: ImportRun, failed: _RowFailed, at: datetime) -> ImportRun:
    """Nothing was taken; the row that stopped it says why."""
    row = ImportRow.objects.get(pk=failed.row.pk)
    row.write(row.content["cells"], told([failed.errors])[0])
    row.state = RowState.FAILED
    row.save()
    ImportRun.objects.filter(pk=run.pk, status=Status.TAKING).update(failed_count=1)
    return _finish(run, Status.FAILED, at)
