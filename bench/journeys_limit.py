"""The limit: the rows and transactions of the measured journeys, written by a bare script.

Each table gets a copy with its indexes in a schema of its own; the rows are those that the
journeys left, in as many transactions, with as many updates. What is missing beside the portal is
everything but the writing: reads, triggers, foreign keys, templates, and Python.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from psycopg import Connection, sql

from bench.journeys_usage import Watch, connected

SECONDS = 8.0
SCHEMA = "bare"
MOST = 400  # journeys whose rows are fetched


def write_bare(
    environment: Mapping[str, str], watch: Watch, written: Mapping[str, float], journeys: float
) -> dict[str, float]:
    """Write journeys' worth of rows for some seconds; returns journeys a second and their cost.

    Args:
        environment: of the portal, whose web processes are idle now.
        watch: looks at its processor time.
        written: what all journeys wrote (Watch.since).
        journeys: how many those were.
    """
    with connected(environment) as connection:
        tables = _tables(connection, written, journeys)
        transactions = max(1, round(written["transactions"] / max(journeys, 1)))
        cpu, begun, done = watch.cpu(), time.monotonic(), 0
        while time.monotonic() < begun + SECONDS and done < MOST:
            _one(connection, tables, done, transactions)
            done += 1
        spent, used = time.monotonic() - begun, watch.cpu()
        connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    return {
        "journeys": done,
        "per_second": round(done / spent, 1),
        "cpu_ms": round((used.database - cpu.database) * 1000 / max(done, 1), 2),
        "rows": sum(len(table["rows"]) for table in tables)
        and round(sum(table["each"] for table in tables), 1),
        "updates": round(sum(table["updates"] for table in tables), 1),
        "transactions": transactions,
    }


def _tables(
    connection: Connection[Any], written: Mapping[str, float], journeys: float
) -> list[dict[str, Any]]:
    """The tables that journeys write, copied without rows, with rows to write."""
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    found = []
    for name, inserted in written.items():
        if not name.startswith("+") or inserted <= 0:
            continue
        table = name[1:]
        each = inserted / max(journeys, 1)
        made = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
        copy = sql.Identifier(SCHEMA, table)
        try:
            connection.execute(made.format(copy, sql.Identifier(table)))
        except Exception:  # a partition of the journal is written through its parent
            continue
        many = round(each * MOST) + 1
        newest = sql.SQL("SELECT * FROM {} ORDER BY ctid DESC LIMIT {}")
        cursor = connection.execute(newest.format(sql.Identifier(table), sql.Literal(many)))
        rows = cursor.fetchall()
        if not rows:  # written and removed again
            continue
        columns = [column.name for column in cursor.description or ()]
        holes = sql.SQL(", ").join(sql.Placeholder() * len(columns))
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        found.append(
            {
                "rows": rows,
                "each": each,
                "updates": written.get(f"~{table}", 0) / max(journeys, 1),
                "insert": sql.SQL(
                    "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({}) "
                    "ON CONFLICT DO NOTHING"
                ).format(copy, names, holes),
                "update": sql.SQL("UPDATE {} SET {} = {} WHERE {} = %s").format(
                    copy, *[sql.Identifier(columns[-1])] * 2, sql.Identifier(columns[0])
                ),
                "at": 0.0,
                "next": 0,
            }
        )
    return found


def _one(
    connection: Connection[Any], tables: list[dict[str, Any]], number: int, transactions: int
) -> None:
    """The writes of one journey, spread over its transactions."""
    acts: list[tuple[Any, Any]] = []
    for table in tables:
        last = None
        while table["next"] < min(table["each"] * (number + 1), len(table["rows"])):
            last = table["rows"][table["next"]]
            acts.append((table["insert"], [_plain(value) for value in last]))
            table["next"] += 1
        key = (last or table["rows"][0])[0]
        for _ in range(round(table["updates"] * (number + 1)) - round(table["updates"] * number)):
            acts.append((table["update"], [key]))
    size = max(1, -(-len(acts) // transactions))
    for begin in range(0, len(acts), size):
        with connection.transaction():
            for statement, values in acts[begin : begin + size]:
                connection.execute(statement, values, prepare=True)


def _plain(value: Any) -> Any:
    from psycopg.types.json import Jsonb

    return Jsonb(value) if isinstance(value, dict | list) and _is_json(value) else value


def _is_json(value: Any) -> bool:
    return isinstance(value, dict) or any(isinstance(each, dict) for each in value)
