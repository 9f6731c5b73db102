"""Loading lists from files: every row is looked at, nothing is stored while one is wrong.

A second load of the same file changes nothing. What the firm loaded is never overwritten by the
files shipped with a release.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import connection, models

from brokerage.reference.origin import Origin

SHIPPED = Path(__file__).parent / "reference"
BATCH = 1_000
MOST_ERRORS = 1_000  # a file of another kind would fail in every cell


@dataclass(frozen=True)
class CellError:
    """What is wrong in one cell; `row` counts lines of the file, the header being line 1."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.message}"


class BadFile(Exception):
    """The file was refused as a whole; `errors` says where and why."""

    def __init__(self, errors: Iterable[CellError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(map(str, self.errors)))


@dataclass
class Counts:
    """What a load did.

    Attributes:
        added: new rows.
        changed: rows that differed.
        unchanged: rows that were the same already.
        kept: rows of the firm that a shipped file did not overwrite.
        waiting: rules that wait for a second person.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    waiting: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in vars(self)))

    def __str__(self) -> str:
        shown = {name: value for name, value in vars(self).items() if value or name == "added"}
        return ", ".join(f"{value} {name}" for name, value in shown.items())


class Errors:
    """Collects what is wrong in a file."""

    def __init__(self) -> None:
        self.found: list[CellError] = []

    def add(self, row: int, column: str, message: str) -> None:
        self.found.append(CellError(row, column, message))
        if len(self.found) >= MOST_ERRORS:
            raise BadFile(self.found)

    def refuse_any(self) -> None:
        """Raise BadFile if something is wrong."""
        if self.found:
            raise BadFile(sorted(self.found, key=lambda error: error.row))


@dataclass(frozen=True)
class Row:
    """One row of a file; readers note what is wrong and return a stand-in."""

    number: int
    cells: Mapping[str, str]
    errors: Errors

    def fail(self, column: str, message: str) -> None:
        """Note what is wrong in `column`."""
        self.errors.add(self.number, column, message)

    def text(self, column: str, *, most: int, required: bool = True) -> str:
        """Text of at most `most` characters."""
        value = self.cells.get(column, "").strip()
        if required and not value:
            self.fail(column, "is empty")
        if len(value) > most:
            self.fail(column, f"is longer than {most} characters")
        return value

    def one_of(self, column: str, choices: Collection[str]) -> str:
        """One of `choices`."""
        value = self.cells.get(column, "").strip()
        if value not in choices:
            self.fail(column, f"{value!r} is none of {', '.join(sorted(choices))}")
        return value

    def flag(self, column: str) -> bool:
        """1 or 0."""
        return self.one_of(column, ("0", "1")) == "1"

    def day(self, column: str, *, required: bool = True) -> date | None:
        """A date such as 2026-03-02."""
        value = self.cells.get(column, "").strip()
        if not value and not required:
            return None
        try:
            if len(value) == len("2026-03-02"):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.fail(column, f"{value!r} is no date such as 2026-03-02")
        return None

    def number_between(
        self, column: str, least: int, most: int, *, places: int, required: bool = False
    ) -> Decimal | None:
        """A decimal number in [least, most], rounded half-even to `places`."""
        value = self.cells.get(column, "").strip()
        if not value and not required:
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not least <= number <= most:
            self.fail(column, f"{value!r} is no number from {least} to {most}")
            return None
        return round(number, places)


def header(path: Path) -> list[str]:
    """The column names of a CSV file; empty where there are none.

    Raises:
        BadFile: when the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return next(csv.reader(lines), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile([CellError(0, "file", f"cannot be read: {error}")]) from None


def read_csv(path: Path, columns: Collection[str], errors: Errors) -> Iterator[Row]:
    """Rows of a CSV file in UTF-8 (with or without BOM) with a header, read as a stream.

    Args:
        path: the file.
        columns: columns that the header must have; others are allowed.
        errors: collects what is wrong.

    Raises:
        BadFile: when the file cannot be read or the header lacks columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise BadFile([CellError(1, name, "is missing in the header") for name in missing])
            for number, cells in enumerate(reader, start=2):
                if None in cells or None in cells.values():
                    errors.add(number, "row", "has more or fewer cells than the header")
                else:
                    yield Row(number, cells, errors)
    except OSError as error:
        raise BadFile([CellError(0, "file", error.strerror or "cannot be read")]) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile([CellError(0, "file", f"is no CSV file in UTF-8: {error}")]) from None


def merge(
    model: type[Any],
    rows: Iterable[Mapping[str, Any]],
    *,
    keys: tuple[str, ...],
    origin: Origin,
    among: models.QuerySet[Any] | None = None,
) -> Counts:
    """Bring a table in line with `rows`; rows that are not mentioned stay.

    Args:
        model: a model with a column `origin`.
        rows: values by field name; all rows have the same fields.
        keys: the fields that name a row.
        origin: who loads; the release leaves rows of the firm alone.
        among: the rows to compare with, where that can be narrowed.
    """
    present = {
        tuple(getattr(row, key) for key in keys): row
        for row in (model._default_manager.all() if among is None else among)
    }
    counts, new, changed, fields = Counts(), [], [], set()
    for values in rows:
        row = present.get(tuple(values[key] for key in keys))
        wanted = {**values, "origin": origin}
        if row is None:
            new.append(model(**wanted))
        elif origin == Origin.RELEASE and row.origin == Origin.FIRM:
            counts.kept += 1
        elif different := [name for name in wanted if getattr(row, name) != wanted[name]]:
            for name in different:
                setattr(row, name, wanted[name])
            fields.update(different)
            changed.append(row)
        else:
            counts.unchanged += 1
    model._default_manager.bulk_create(new, batch_size=BATCH)
    if changed:
        model._default_manager.bulk_update(changed, sorted(fields), batch_size=BATCH)
    counts.added, counts.changed = len(new), len(changed)
    return counts


def take_turns() -> None:
    """Wait for another load to end; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('reference.loading', 0))")
