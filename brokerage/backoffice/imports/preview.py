"""The rows of an import as a person sees them: each error beside its cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brokerage.backoffice.imports.importer import Importer, importers
from brokerage.backoffice.imports.states import WITH_ERRORS, RowState
from brokerage.backoffice.imports.wording import read
from brokerage.backoffice.models import ImportRow, ImportRun
from brokerage.users.models import User

PAGE = 50
CHIPS = {
    RowState.GOOD: "info",
    RowState.BAD: "stop",
    RowState.TAKEN: "done",
    RowState.FAILED: "stop",
    RowState.UNDONE: "",
    RowState.KEPT: "wait",
}


@dataclass(frozen=True)
class Cell:
    """One cell with its heading and what is wrong with it."""

    label: str
    text: str
    errors: list[str]


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, its cells, and what is wrong with it as a whole."""

    number: int
    chip: str
    state: str
    cells: list[Cell]
    errors: list[str]
    record: Any


@dataclass(frozen=True)
class Preview:
    """One page of rows, by their lines.

    Attributes:
        headings: of the columns.
        rows: at most PAGE.
        after: the line after which the next page begins; None on the last page.
        only_errors: whether rows without errors are left out.
        columns: how many there are, for the layout.
    """

    headings: list[str]
    rows: list[Row]
    after: int | None
    only_errors: bool


def preview(run: ImportRun, *, after: int, only_errors: bool, reader: User) -> Preview:
    """The rows below line `after`."""
    importer = importers.get(run.importer)
    rows = ImportRow.objects.filter(run=run, number__gt=after).order_by("number")
    if only_errors:
        rows = rows.filter(state__in=WITH_ERRORS)
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    return Preview(
        headings=[str(column.label) for column in importer.columns],
        rows=[_row(importer, row, reader) for row in found[:PAGE]],
        after=found[PAGE - 1].number if more else None,
        only_errors=only_errors,
    )


def _row(importer: Importer, row: ImportRow, reader: User) -> Row:
    content = row.content
    said: dict[str, list[str]] = read(content["errors"]) or {}
    known = {column.key for column in importer.columns}
    return Row(
        number=row.number,
        chip=CHIPS[RowState(row.state)],
        state=row.get_state_display(),
        cells=[
            Cell(str(column.label), content["cells"].get(column.key, ""), said.get(column.key, []))
            for column in importer.columns
        ],
        errors=[text for key, texts in said.items() if key not in known for text in texts],
        record=importer.record_of(row.target_ref, user=reader) if row.target_ref else None,
    )
