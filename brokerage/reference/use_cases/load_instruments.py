"""Load the securities master: stocks or funds, from CSV (docs/reference-data.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from brokerage.reference.loading import Counts, Errors, Row, header, merge, read_csv, take_turns
from brokerage.reference.models import Instrument, InstrumentKind, Origin

CODE = re.compile(r"(\d{6})(\d?)\.(SH|SZ|BJ)")
STOCK_COLUMNS = ("ts_code", "name", "board", "list_date")
FUND_COLUMNS = ("ts_code", "name", "fund_type", "list_date", "delist_date", "status")
LISTED = {"L": False, "I": False, "D": True}  # listed, being issued, delisted


@transaction.atomic
def load_instruments(path: Path, *, source: str = "", origin: Origin = Origin.FIRM) -> Counts:
    """Load stocks or funds; rows that are not in the file stay.

    Args:
        path: a list of stocks, or of funds if its header has `fund_type`.
        source: where the list comes from.
        origin: who loads.

    Raises:
        BadFile: with row and column of everything wrong; nothing is stored then.
    """
    take_turns()
    errors = Errors()
    read = _funds if "fund_type" in header(path) else _stocks
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    live: set[tuple[str, str]] = set()
    for row, values in read(path, errors):
        name = (values["market"], values["code"])
        key = (*name, values["generation"])
        if key in rows:
            row.fail("ts_code", "stands in the file twice")
        if not values["is_delisted"]:
            if name in live:
                row.fail("ts_code", "has two listed holders")
            live.add(name)
        rows[key] = {**values, "source": source}
    errors.refuse_any()
    return merge(Instrument, rows.values(), keys=("market", "code", "generation"), origin=origin)


def _stocks(path: Path, errors: Errors) -> Iterator[tuple[Row, dict[str, Any]]]:
    for row in read_csv(path, STOCK_COLUMNS, errors):
        yield (
            row,
            {
                **_named(row),
                "kind": InstrumentKind.STOCK,
                "board": row.text("board", most=20),
                "listed_on": row.day("list_date"),
                "is_delisted": False,
                "delisted_on": None,
            },
        )


def _funds(path: Path, errors: Errors) -> Iterator[tuple[Row, dict[str, Any]]]:
    for row in read_csv(path, FUND_COLUMNS, errors):
        listed_on = row.day("list_date", required=False)
        delisted_on = row.day("delist_date", required=False)
        status = row.one_of("status", tuple(LISTED))
        if delisted_on and listed_on and delisted_on < listed_on:
            row.fail("delist_date", "is before list_date")
        if delisted_on and not LISTED.get(status, True):
            row.fail("delist_date", f"stands beside the status {status}")
        is_reit = row.text("fund_type", most=20) == "REITs"
        yield (
            row,
            {
                **_named(row),
                "kind": InstrumentKind.REIT if is_reit else InstrumentKind.FUND,
                "board": "",
                "listed_on": listed_on,
                "is_delisted": LISTED.get(status, True),
                "delisted_on": delisted_on,
            },
        )


def _named(row: Row) -> dict[str, Any]:
    found = CODE.fullmatch(row.text("ts_code", most=10))
    if not found:
        row.fail("ts_code", "reads like 600000.SH, or 5020001.SH for an earlier holder")
    code, generation, market = found.groups() if found else ("", "", "")
    return {
        "market": market,
        "code": code,
        "generation": int(generation or 0),
        "name_zh": row.text("name", most=60),
        "name_en": row.text("name_en", most=120, required=False),
    }
