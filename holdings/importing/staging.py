"""The rows of a file in a temporary table of their own, gone with the transaction."""

# ruff: noqa: S608 - tables and columns are those of layouts.py, never of a file

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from holdings.importing.layouts import Form, Layout
from holdings.importing.reading import Issues, Reader
from holdings.states import IssueCode

MOST_YUAN = Decimal(10) ** 17
"""No file sums up to more, a thousand times what all listed shares are worth. Below it four parts
of a snapshot and their sum have room in a column of 18 digits before the point."""
LOCK = "holdings.import"
"""Name of the advisory lock under which one file at a time is taken."""
LONG_WORK = (
    "SET LOCAL statement_timeout = '10min'; SET LOCAL work_mem = '96MB';"
    " SET LOCAL idle_in_transaction_session_timeout = '5min'"
)
"""One such work runs at a time, so that it may sort and join in more memory than
a page may."""

ELSEWHERE = (
    "(kind = 'option') <> (length(code) = 8) OR kind = 'hk' AND market <> 'HK'"
    " OR kind = 'neeq' AND market <> 'NQ' OR kind = 'stock' AND market IN ('HK', 'NQ')"
)
"""What `a_kind_fits_its_market` refuses of a security, told with its line."""
ASIDE = (
    " WHERE a.id IS NOT NULL OR NOT EXISTS"
    " (SELECT FROM holdings_unknownaccount u WHERE u.ref = s.account)"
)


def stage(layout: Layout, reader: Reader, chunks: Iterable[bytes]) -> None:
    """Bring the rows into `holdings_stage`; what is wrong with their form the reader notes.

    A row's number is its line: all rows are there, from line 3 on, unless something is wrong.
    """
    columns = ", ".join(f"{name} {form.column} NOT NULL" for name, form in layout.columns)
    names = ", ".join(layout.names)
    with connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        cursor.execute("DROP TABLE IF EXISTS holdings_stage, holdings_fresh")
        cursor.execute(
            "CREATE TEMP TABLE holdings_stage (row int GENERATED ALWAYS AS IDENTITY (START 3),"
            f" {columns}) ON COMMIT DROP"
        )
        # a reader lets no backslash through: there is no null, and no cell is unescaped
        with cursor.copy(f"COPY holdings_stage ({names}) FROM STDIN (DELIMITER ',')") as target:
            for block in reader.blocks(chunks):
                target.write(block)
        cursor.execute("ANALYZE holdings_stage")


def check_repeats(layout: Layout, issues: Issues) -> None:
    """Note rows whose key stands in an earlier one."""
    key = ", ".join(layout.key)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM holdings_stage GROUP BY {key} HAVING count(*) > 1 LIMIT 1")
        if not cursor.fetchone():
            return  # as ever; where each row stands in its sort is asked for only then
    note(
        f"SELECT row, '{layout.key[0]}', 'twice' FROM ("
        f"SELECT row, row_number() OVER (PARTITION BY {key} ORDER BY row) AS place "
        f"FROM holdings_stage) AS each WHERE place > 1",
        issues,
    )


def check_total(layout: Layout, reader: Reader, issues: Issues) -> None:
    """Note a control total that is not the sum; asked only when all cells have their form.

    And a sum that nobody can own: what is summed of it later would fit no column.
    """
    names = dict.fromkeys((*filter(None, [layout.total]), *layout.amounts))
    sums = ["count(*)", *(f"coalesce(sum({name}::numeric), 0)" for name in names)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sums)} FROM holdings_stage")
        found: dict[str, Decimal] = dict(zip(names, cursor.fetchone()[1:], strict=True))
    if found.get(layout.total, Decimal()) != reader.total:
        issues.add(0, layout.total, IssueCode.TOTAL)
    for name in layout.amounts:
        if found[name] > MOST_YUAN:
            issues.add(0, name, IssueCode.TOO_MUCH)


def resolve(layout: Layout, day: Any, issues: Issues) -> int:
    """Make `holdings_fresh` with the keys of accounts and securities; note what is not known.

    Returns:
        How many rows it has: those of accounts whose customer is not kept here are left out.
    """
    joins, columns = [], ["s.row"]
    for name, form in layout.columns:
        if form is Form.ACCOUNT:
            joins.append("LEFT JOIN holdings_account a ON a.ref = s.account")
            columns += ["a.id AS account_id", "a.kind AS account_kind", "a.opened_on"]
        elif form.becomes:
            columns.append(f"nullif(s.{name}, '')::{form.becomes} AS {name}")
        else:
            columns.append(f"s.{name}")
    if "instrument_id" in (*layout.keys, *layout.values):
        joins.append(
            "LEFT JOIN reference_instrument i"
            " ON i.market = s.market AND i.code = s.code AND i.generation = 0"
        )
        columns.append("i.id AS instrument_id")
    with connection.cursor() as cursor:
        aside = ""
        if layout.has(Form.ACCOUNT):
            cursor.execute("SELECT EXISTS (SELECT FROM holdings_unknownaccount)")
            aside = ASIDE if cursor.fetchone()[0] else ""
        cursor.execute(
            f"CREATE TEMP TABLE holdings_fresh ON COMMIT DROP AS "
            f"SELECT {', '.join(columns)} FROM holdings_stage s {' '.join(joins)}{aside}"
        )
        kept = cursor.rowcount
        cursor.execute("ANALYZE holdings_fresh")
    _check_names(layout, day, issues)
    return kept


def _check_names(layout: Layout, day: Any, issues: Issues) -> None:
    """Note what the rows name that is not known, and what cannot be; one pass unless there is."""
    looks = _looks(layout, day)
    if not looks:
        return
    anything = " OR ".join(f"({condition})" for _name, _code, condition, _values in looks)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM holdings_fresh WHERE {anything} LIMIT 1",
            [value for _name, _code, _condition, values in looks for value in values],
        )
        if not cursor.fetchone():
            return
    for name, code, condition, values in looks:
        note(
            f"SELECT row, '{name}', '{code}' FROM holdings_fresh WHERE {condition}",
            issues,
            *values,
        )


Look = tuple[str, IssueCode, str, tuple[Any, ...]]
"""Column, what is wrong, the condition of a row in which it is, and the values of that."""


def _looks(layout: Layout, day: Any) -> list[Look]:
    named = (*layout.keys, *layout.values)
    looks: list[Look] = []
    if layout.has(Form.ACCOUNT):
        looks.append(("account", IssueCode.ACCOUNT, "account_id IS NULL", ()))
        looks.append(("account", IssueCode.BEFORE_OPENING, "opened_on > %s", (day,)))
    if layout.accounts:
        looks.append(("account", IssueCode.KIND, "account_kind <> %s", (layout.accounts,)))
    if "instrument_id" in named:
        looks.append(("code", IssueCode.SECURITY, "instrument_id IS NULL", ()))
    if "frozen" in named:
        looks.append(("frozen", IssueCode.FORM, "frozen > amount", ()))
    if "side" in named:
        looks.append(("quantity", IssueCode.FORM, "quantity = 0", ()))
        looks.append(("price", IssueCode.FORM, "price = 0", ()))
    if "rate" in named:
        looks.append(("rate", IssueCode.FORM, "(currency = '') <> (rate IS NULL)", ()))
        looks.append(("rate", IssueCode.FORM, "rate = 0", ()))
    if "board" in named:
        looks.append(("kind", IssueCode.FORM, ELSEWHERE, ()))
    return looks


def note(sql: str, issues: Issues, *values: Any) -> None:
    """Note what a query finds: row, column and code."""
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY 1, 2 LIMIT {issues.room}", values)
        for row, name, code in cursor.fetchall():
            issues.note(row, name, IssueCode(code))
