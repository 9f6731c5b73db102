"""Read a received file: parse and check every row, take nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.events import ImportRead
from brokerage.backoffice.imports import reading
from brokerage.backoffice.imports.headings import Heading, understand
from brokerage.backoffice.imports.importer import Importer, clean, errors_of, importers
from brokerage.backoffice.imports.refusals import Unreadable
from brokerage.backoffice.imports.states import RowState, Status
from brokerage.backoffice.imports.wording import in_each_language, told
from brokerage.backoffice.models import ImportRow, ImportRun
from brokerage.core.bulk import copy_in
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

READER = Actor.system("backoffice.imports")
CHUNK = 500


def read_file(*, ref: UUID, at: datetime) -> ImportRun:
    """Fill the preview of an import; one that was read already is left alone.

    Rows are stored in portions, so that the page can show how far it is. Whoever runs this a
    second time after a crash begins anew.

    Args:
        ref: of the run.
        at: now.
    """
    run = ImportRun.objects.get(ref=ref)
    if run.status != Status.RECEIVED:
        return run
    ImportRow.objects.filter(run=run).delete()
    body = b"".join(
        base64.b64decode(part.body or "") for part in run.parts.order_by("number").iterator()
    )
    importer = importers.get(run.importer)
    maker = User.objects.get(ref=run.made_by_ref)
    try:
        heading = _read(run, importer, maker, body)
    except Unreadable as error:
        return _finish(run, at, Status.UNREADABLE, problem=in_each_language(error.message))
    return _finish(run, at, Status.READ, unused=heading.unused)


def _read(run: ImportRun, importer: Importer, maker: User, body: bytes) -> Heading:
    lines = reading.lines(body)
    _number, first = next(lines)
    heading = understand(importer, first)
    seen: dict[int, int] = {}
    count = bad = 0
    while portion := list(islice(lines, CHUNK)):
        rows = list(_checked(run, importer, maker, heading, portion, seen))
        copy_in(rows)
        count += len(rows)
        bad += sum(row.state == RowState.BAD for row in rows)
        ImportRun.objects.filter(pk=run.pk).update(row_count=count, bad_count=bad)
    if not count:
        raise Unreadable(_("There is no row below the headings."))
    _require_announced(run, count)
    return heading


def _require_announced(run: ImportRun, count: int) -> None:
    """Refuse a list of another length than its sender announced; raises Unreadable."""
    announced = run.announced_count
    if announced in (None, count):
        return
    said = _("%(announced)d rows were announced, but the file has %(count)d. Ask the sender.")
    raise Unreadable(ValidationError(said, params={"announced": announced, "count": count}))


def _checked(
    run: ImportRun,
    importer: Importer,
    maker: User,
    heading: Heading,
    portion: Sequence[reading.Line],
    seen: dict[int, int],
) -> Iterator[ImportRow]:
    """The rows of a portion with their errors."""
    texts = [(number, heading.cells(line), len(line)) for number, line in portion]
    found = [clean(importer, cells) for _n, cells, _w in texts]
    facts = importer.facts([values for values, _errors in found], user=maker)
    wrong: list[dict[str, list[Any]]] = []
    for (number, _cells, width), (values, errors) in zip(texts, found, strict=True):
        if width > heading.width:
            errors.setdefault("", []).append(_("More cells than headings."))
        if not errors:
            errors = _judged(importer, values, facts, maker)
        _note_repetition(importer, values, errors, number, seen)
        wrong.append(errors)
    for (number, cells, _width), said in zip(texts, told(wrong), strict=True):
        row = ImportRow(run=run, number=number, state=RowState.BAD if said else RowState.GOOD)
        row.write(cells, said)
        yield row


def _judged(importer: Importer, values: Any, facts: Any, maker: User) -> dict[str, list[Any]]:
    try:
        importer.check(values, facts, user=maker)
    except ValidationError as error:
        return errors_of(error)
    return {}


def _note_repetition(
    importer: Importer,
    values: dict[str, Any],
    errors: dict[str, list[Any]],
    number: int,
    seen: dict[int, int],
) -> None:
    """Rows that name the same thing twice are an error of the later one."""
    if not importer.unique or any(key not in values for key in importer.unique):
        return
    mark = hash(tuple(str(values[key]).casefold() for key in importer.unique))
    if mark in seen:
        message = _("Stands in line %(line)d already.")
        errors.setdefault(importer.unique[0], []).append(
            ValidationError(message, params={"line": seen[mark]})
        )
    seen.setdefault(mark, number)


@transaction.atomic
def _finish(run: ImportRun, at: datetime, status: Status, **values: Any) -> ImportRun:
    row = lock_row(ImportRun, run.pk)
    row.move_to(status)
    for name, value in values.items():
        setattr(row, name, value)
    if status == Status.UNREADABLE:
        ImportRow.objects.filter(run=row).delete()
        row.row_count = row.bad_count = 0
        row.finished_at = at
    row.save()
    row.parts.all().delete()
    event = ImportRead(
        subject=row.ref,
        importer=row.importer,
        readable=status == Status.READ,
        rows=row.row_count,
        bad=row.bad_count,
    )
    record(event, actor=READER, at=at)
    return row
