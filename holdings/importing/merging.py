"""Bringing a day in line with the rows of a file: only what differs is written."""

# ruff: noqa: S608 - tables and columns are those of layouts.py, never of a file

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from holdings.importing.layouts import Layout

DIFFERENT = """
SELECT count(*) FROM holdings_fresh f JOIN reference_instrument old
    ON old.market = f.market AND old.code = f.code AND old.generation = 0
WHERE (old.source NOT LIKE 'trading counter %%' OR old.source < %(source)s COLLATE "C")
    AND (old.kind, old.board, old.name_zh, old.name_en, old.matures_on)
    IS DISTINCT FROM (f.kind, f.board, f.name_zh, f.name_en, coalesce(f.matures, old.matures_on))
"""
# a master without the day on which a bond matures leaves the one that is known
# the newest master wins whatever the order in which they come; its day stands in `source`
SECURITIES = """
WITH merged AS (
    INSERT INTO reference_instrument AS old
        (market, code, generation, kind, board, name_zh, name_en, matures_on, is_delisted, source,
        origin)
    SELECT market, code, 0, kind, board, name_zh, name_en, matures, false, %(source)s, 'firm'
    FROM holdings_fresh
    ON CONFLICT ON CONSTRAINT one_holder_a_code_and_generation DO UPDATE
    SET kind = excluded.kind, board = excluded.board, name_zh = excluded.name_zh,
        name_en = excluded.name_en,
        matures_on = coalesce(excluded.matures_on, old.matures_on),
        source = excluded.source, origin = excluded.origin
    WHERE old.source NOT LIKE 'trading counter %%'
        OR old.source < excluded.source COLLATE "C"
    RETURNING xmax = 0 AS fresh)
SELECT count(*) FILTER (WHERE fresh) FROM merged
"""
NAME = "trading counter "


@dataclass(frozen=True)
class Changes:
    """How many rows of the day were written."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def merge_day(layout: Layout, day: date) -> Changes:
    """Make the rows of `day` those of `holdings_fresh`."""
    table, keys, values = layout.table, layout.keys, layout.values
    same = " AND ".join(f"t.{key} = f.{key}" for key in keys)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE day = %s)", [day])
        removed = changed = 0
        unknown = ""
        if cursor.fetchone()[0]:
            cursor.execute(
                f"DELETE FROM {table} t WHERE t.day = %s"
                f" AND NOT EXISTS (SELECT FROM holdings_fresh f WHERE {same})",
                [day],
            )
            removed = cursor.rowcount
            cursor.execute(
                f"UPDATE {table} t SET {', '.join(f'{name} = f.{name}' for name in values)}"
                f" FROM holdings_fresh f WHERE t.day = %s AND {same}"
                f" AND ({', '.join(f't.{name}' for name in values)})"
                f" IS DISTINCT FROM ({', '.join(f'f.{name}' for name in values)})",
                [day],
            )
            changed = cursor.rowcount
            unknown = f" WHERE NOT EXISTS (SELECT FROM {table} t WHERE t.day = %s AND {same})"
        names = ", ".join((*keys, *values))
        cursor.execute(
            f"INSERT INTO {table} (day, {names})"
            # in the order of the table's index of its rows, whatever the order of the file
            f" SELECT %s, {names} FROM holdings_fresh f{unknown} ORDER BY {', '.join(keys)}",
            [day, day] if unknown else [day],
        )
        return Changes(cursor.rowcount, changed, removed)


def merge_securities(source: str) -> Changes:
    """Add and rename securities; none is ever removed, because old days name them.

    Args:
        source: of `source_of`; a row that a newer master wrote stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT, {"source": source})
        changed = cursor.fetchone()[0]
        cursor.execute(SECURITIES, {"source": source})
        added = cursor.fetchone()[0]
    return Changes(added, changed)


def source_of(day: date, revision: int) -> str:
    """What stands as the source of a security that this master wrote; newer ones sort later."""
    return f"{NAME}{day.isoformat()} r{revision:05}"
