"""The rows of a file in a temporary table of their own, gone with the transaction."""

# ruff: noqa: S608 - tables and columns are those of layouts.py, never of a file

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from holdings.importing.layouts import Form, Layout
from holdings.importing.reading import MOST_ISSUES, Issue, Issues, Reader
from holdings.states import IssueCode

LOCK = "holdings.import"
"""Name of the advisory lock under which one file at a time is taken."""
LONG_WORK = (
    "SET LOCAL statement_timeout = '10min'; SET LOCAL idle_in_transaction_session_timeout = '5min'"
)


def stage(layout: Layout, reader: Reader, chunks: Iterable[bytes]) -> None:
    """Bring the good rows into `holdings_stage` as text; what is wrong the reader notes."""
    columns = ", ".join(f"{name} text NOT NULL" for name in layout.names)
    names = ", ".join(layout.names)
    with connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        cursor.execute("DROP TABLE IF EXISTS holdings_stage, holdings_fresh")
        cursor.execute(f"CREATE TEMP TABLE holdings_stage (row int, {columns}) ON COMMIT DROP")
        copy = (
            f"COPY holdings_stage (row, {names}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({names}))"
        )
        with cursor.copy(copy) as target:
            for block in reader.blocks(chunks):
                target.write(block)
        cursor.execute("ANALYZE holdings_stage")


def check_cells(layout: Layout, issues: Issues) -> None:
    """Note cells that have not their form, negative figures and repeated rows."""
    cells = ", ".join(f"('{name}', {_verdict(name, form)})" for name, form in layout.columns)
    _note(
        f"SELECT row, cell.field, cell.fault FROM holdings_stage "
        f"CROSS JOIN LATERAL (VALUES {cells}) AS cell (field, fault) WHERE cell.fault IS NOT NULL",
        issues,
    )
    key = ", ".join(layout.key)
    _note(
        f"SELECT row, '{layout.key[0]}', 'twice' FROM ("
        f"SELECT row, row_number() OVER (PARTITION BY {key} ORDER BY row) AS place "
        f"FROM holdings_stage) AS each WHERE place > 1",
        issues,
    )


def check_total(layout: Layout, reader: Reader, issues: Issues) -> None:
    """Note a control total that is not the sum; asked only when all cells have their form."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(sum({layout.total}::numeric), 0) FROM holdings_stage")
        found: Decimal = cursor.fetchone()[0]
    if found != reader.total:
        issues.add(0, layout.total, IssueCode.TOTAL)


def resolve(layout: Layout, day: Any, issues: Issues) -> None:
    """Make `holdings_fresh` with the keys of accounts and securities; note what is not known."""
    joins, columns = [], ["s.row"]
    for name, form in layout.columns:
        if form is Form.ACCOUNT:
            joins.append("LEFT JOIN holdings_account a ON a.ref = s.account::uuid")
            columns += ["a.id AS account_id", "a.kind AS account_kind", "a.opened_on"]
        elif form.is_figure:
            columns.append(f"s.{name}::numeric AS {name}")
        elif form.is_day:
            columns.append(f"nullif(s.{name}, '')::date AS {name}")
        else:
            columns.append(f"s.{name}")
    if "instrument_id" in (*layout.keys, *layout.values):
        joins.append(
            "LEFT JOIN reference_instrument i"
            " ON i.market = s.market AND i.code = s.code AND i.generation = 0"
        )
        columns.append("i.id AS instrument_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE holdings_fresh ON COMMIT DROP AS "
            f"SELECT {', '.join(columns)} FROM holdings_stage s {' '.join(joins)}"
        )
        cursor.execute("ANALYZE holdings_fresh")
    _check_names(layout, day, issues)


def _check_names(layout: Layout, day: Any, issues: Issues) -> None:
    if layout.has(Form.ACCOUNT):
        _note(
            "SELECT row, 'account', 'account' FROM holdings_fresh WHERE account_id IS NULL", issues
        )
        _note(
            "SELECT row, 'account', 'before_opening' FROM holdings_fresh WHERE opened_on > %s",
            issues,
            day,
        )
    if layout.accounts:
        _note(
            "SELECT row, 'account', 'kind' FROM holdings_fresh WHERE account_kind <> %s",
            issues,
            layout.accounts,
        )
    if "instrument_id" in (*layout.keys, *layout.values):
        _note(
            "SELECT row, 'code', 'security' FROM holdings_fresh WHERE instrument_id IS NULL",
            issues,
        )
    if "frozen" in layout.values:
        _note("SELECT row, 'frozen', 'form' FROM holdings_fresh WHERE frozen > amount", issues)
    if "side" in layout.values:
        _note("SELECT row, 'quantity', 'form' FROM holdings_fresh WHERE quantity = 0", issues)
        _note("SELECT row, 'price', 'form' FROM holdings_fresh WHERE price = 0", issues)


def _verdict(name: str, form: Form) -> str:
    """SQL that gives the code of what is wrong in a cell, or null."""
    negative = f"WHEN left({name}, 1) = '-' THEN 'negative' " if form.is_figure else ""
    if form.is_day:  # 2026-02-30 has the form, but there is no such day
        negative = f"WHEN {name} <> '' AND NOT pg_input_is_valid({name}, 'date') THEN 'form' "
    return f"CASE WHEN {name} !~ '{form.pattern}' THEN 'form' {negative}END"


def _note(sql: str, issues: Issues, *values: Any) -> None:
    room = MOST_ISSUES - len(issues.found)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY 1, 2 LIMIT {room}", values)
        for row, name, code in cursor.fetchall():
            issues.found.append(Issue(row, name, IssueCode(code)))
