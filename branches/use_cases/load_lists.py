"""Load kinds of licence and services from CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction

from branches.models import LicenceKind, Service
from brokerage.reference.loading import Counts, Errors, Row, merge, read_csv, take_turns
from brokerage.reference.origin import Origin

KIND_COLUMNS = ("code", "name_zh", "name_en", "issuer", "source")
SERVICE_COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    "summary_zh",
    "summary_en",
    "licence",
    "by_appointment",
    "source",
)


@transaction.atomic
def load_licence_kinds(path: Path, *, origin: Origin = Origin.FIRM) -> Counts:
    """Load kinds of licence in the order in which they are offered; raises BadFile."""
    take_turns()
    errors = Errors()
    rows: dict[str, dict[str, Any]] = {}
    for position, row in enumerate(read_csv(path, KIND_COLUMNS, errors), start=1):
        _add(rows, {**_entry(row, position), "issuer": row.text("issuer", most=80)}, row)
    errors.refuse_any()
    return merge(LicenceKind, rows.values(), keys=("code",), origin=origin)


@transaction.atomic
def load_services(path: Path, *, origin: Origin = Origin.FIRM) -> Counts:
    """Load services in the order in which they are shown; raises BadFile."""
    take_turns()
    errors = Errors()
    kinds = dict(LicenceKind.objects.values_list("code", "pk"))
    rows: dict[str, dict[str, Any]] = {}
    for position, row in enumerate(read_csv(path, SERVICE_COLUMNS, errors), start=1):
        licence = row.text("licence", most=40, required=False)
        if licence and licence not in kinds:
            row.fail("licence", f"{licence!r} is no kind of licence")
        values = {
            **_entry(row, position),
            "summary_zh": row.text("summary_zh", most=120, required=False),
            "summary_en": row.text("summary_en", most=200, required=False),
            "licence_id": kinds.get(licence),
            "by_appointment": row.flag("by_appointment"),
        }
        _add(rows, values, row)
    errors.refuse_any()
    return merge(Service, rows.values(), keys=("code",), origin=origin)


def _entry(row: Row, position: int) -> dict[str, Any]:
    return {
        "code": row.text("code", most=40),
        "name_zh": row.text("name_zh", most=40),
        "name_en": row.text("name_en", most=80),
        "position": position,
        "source": row.text("source", most=300),
    }


def _add(rows: dict[str, dict[str, Any]], values: dict[str, Any], row: Row) -> None:
    if values["code"] in rows:
        row.fail("code", "stands in the file twice")
    rows[values["code"]] = values
