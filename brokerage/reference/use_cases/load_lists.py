"""Load small lists: custody banks and code lists (docs/reference-data.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction

from brokerage.reference.loading import Counts, Errors, Row, merge, read_csv, take_turns
from brokerage.reference.models import Code, CodeList, Completion, CustodyBank, Origin

BANK_COLUMNS = ("code", "name_zh", "name_en", "completion", "source")
CODE_COLUMNS = ("list", "code", "name_zh", "name_en", "source")


@transaction.atomic
def load_banks(path: Path, *, origin: Origin = Origin.FIRM) -> Counts:
    """Load custody banks in the order in which they are offered; raises BadFile."""
    take_turns()
    errors = Errors()
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for position, row in enumerate(read_csv(path, BANK_COLUMNS, errors), start=1):
        values = {**_entry(row, position), "completion": row.one_of("completion", Completion)}
        _add(rows, (values["code"],), values, row)
    errors.refuse_any()
    return merge(CustodyBank, rows.values(), keys=("code",), origin=origin)


@transaction.atomic
def load_codes(path: Path, *, origin: Origin = Origin.FIRM) -> Counts:
    """Load entries of code lists in the order in which they are offered; raises BadFile."""
    take_turns()
    errors = Errors()
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for position, row in enumerate(read_csv(path, CODE_COLUMNS, errors), start=1):
        values = {**_entry(row, position), "list": row.one_of("list", CodeList)}
        _add(rows, (values["list"], values["code"]), values, row)
    errors.refuse_any()
    return merge(Code, rows.values(), keys=("list", "code"), origin=origin)


def _entry(row: Row, position: int) -> dict[str, Any]:
    return {
        "code": row.text("code", most=8),
        "name_zh": row.text("name_zh", most=60),
        "name_en": row.text("name_en", most=120),
        "position": position,
        "source": row.text("source", most=300),
    }


def _add(
    rows: dict[tuple[str, ...], dict[str, Any]],
    key: tuple[str, ...],
    values: dict[str, Any],
    row: Row,
) -> None:
    if key in rows:
        row.fail("code", "stands in the file twice")
    rows[key] = values
