"""Bringing a day in line with the rows of a file: only what differs is written."""

# ruff: noqa: S608 - tables and columns are those of layouts.py, never of a file

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from holdings.importing.layouts import Layout

MOST_CHANGES = 1000
"""So many corrected rows of a file are kept for its page; the counts tell of all."""

# What a master may say of a security: all of it where it is the newest that named it, and the day
# of maturity where it is the newest of those that have this column. So the order is no matter.
_NEWER = """(old.source NOT LIKE 'trading counter %%' OR old.source < %(source)s COLLATE "C")"""
_MATURES = """(f.matures IS NOT NULL AND old.matures_source < %(source)s COLLATE "C")"""
_JOINED = f"""FROM holdings_fresh f JOIN reference_instrument old
    ON old.market = f.market AND old.code = f.code AND old.generation = 0
WHERE ({_NEWER} AND (old.kind, old.board, old.name_zh, old.name_en)
        IS DISTINCT FROM (f.kind, f.board, f.name_zh, f.name_en))
    OR ({_MATURES} AND old.matures_on IS DISTINCT FROM f.matures)
"""
DIFFERENT = f"SELECT count(*) {_JOINED}"
_NAMES = ("kind", "board", "name_zh", "name_en")
_BEFORE = ", ".join(f"'{name}', old.{name}" for name in _NAMES)
_AFTER = ", ".join(
    f"'{name}', CASE WHEN {_NEWER} THEN f.{name} ELSE old.{name} END" for name in _NAMES
)
EACH = f"""
INSERT INTO holdings_filechange (file_id, instrument_id, number, before, after)
SELECT %(file)s, old.id, '', jsonb_build_object({_BEFORE}, 'matures_on', old.matures_on),
    jsonb_build_object({_AFTER}, 'matures_on',
        CASE WHEN {_MATURES} THEN f.matures ELSE old.matures_on END)
{_JOINED} ORDER BY old.id LIMIT %(most)s
"""
SECURITIES = f"""
WITH merged AS (
    INSERT INTO reference_instrument AS old
        (market, code, generation, kind, board, name_zh, name_en, matures_on, matures_source,
        is_delisted, source, origin)
    SELECT market, code, 0, kind, board, name_zh, name_en, matures,
        CASE WHEN matures IS NULL THEN '' ELSE %(source)s END, false, %(source)s, 'firm'
    FROM holdings_fresh
    ON CONFLICT ON CONSTRAINT one_holder_a_code_and_generation DO UPDATE
    SET kind = CASE WHEN {_NEWER} THEN excluded.kind ELSE old.kind END,
        board = CASE WHEN {_NEWER} THEN excluded.board ELSE old.board END,
        name_zh = CASE WHEN {_NEWER} THEN excluded.name_zh ELSE old.name_zh END,
        name_en = CASE WHEN {_NEWER} THEN excluded.name_en ELSE old.name_en END,
        origin = CASE WHEN {_NEWER} THEN excluded.origin ELSE old.origin END,
        source = CASE WHEN {_NEWER} THEN excluded.source ELSE old.source END,
        matures_on = CASE WHEN {_MATURES.replace("f.matures", "excluded.matures_on")}
            THEN excluded.matures_on ELSE old.matures_on END,
        matures_source = CASE WHEN {_MATURES.replace("f.matures", "excluded.matures_on")}
            THEN excluded.matures_source ELSE old.matures_source END
    WHERE {_NEWER} OR {_MATURES.replace("f.matures", "excluded.matures_on")}
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

    @property
    def any(self) -> bool:
        """Whether the day is another one than before."""
        return bool(self.added or self.changed or self.removed)


def merge_day(layout: Layout, day: date, file: int) -> Changes:
    """Make the rows of `day` those of `holdings_fresh`.

    Args:
        layout: of the file.
        day: its business day.
        file: its key; under it stands what a correction changed in each row.
    """
    table, keys, values = layout.table, layout.keys, layout.values
    same = " AND ".join(f"t.{key} = f.{key}" for key in keys)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE day = %s)", [day])
        removed = changed = 0
        unknown = ""
        if cursor.fetchone()[0]:
            _keep_changes(layout, day, file)
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


def _keep_changes(layout: Layout, day: date, file: int) -> None:
    """Keep what is about to be another row, before and after; the first ones."""
    named = (*layout.keys, *layout.values)
    figures = [name for name in layout.values if not name.endswith("_id")]
    same = " AND ".join(f"t.{key} = f.{key}" for key in layout.keys)
    forms = dict(layout.columns)
    # 100 of a file is 100.000000 in the table: told alike
    before, after = (
        ", ".join(
            f"'{name}', "
            + (f"trim_scale({row}.{name})::text" if forms[name].is_figure else f"{row}.{name}")
            for name in figures
        )
        for row in "tf"
    )
    columns = ["coalesce(t.account_id, f.account_id)"]
    for name, absent in (("instrument_id", "NULL::bigint"), ("number", "''")):
        columns.append(f"coalesce(t.{name}, f.{name})" if name in named else absent)
    differs = ", ".join(f"t.{name}" for name in layout.values)
    other = ", ".join(f"f.{name}" for name in layout.values)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO holdings_filechange"
            " (file_id, account_id, instrument_id, number, before, after)"
            f" SELECT %s, {', '.join(columns)},"
            f" CASE WHEN t.account_id IS NOT NULL THEN jsonb_build_object({before}) END,"
            f" CASE WHEN f.account_id IS NOT NULL THEN jsonb_build_object({after}) END"
            f" FROM (SELECT * FROM {layout.table} WHERE day = %s) t"
            f" FULL JOIN holdings_fresh f ON {same}"
            f" WHERE ({differs}) IS DISTINCT FROM ({other})"
            " ORDER BY 2, 3, 4 LIMIT %s",
            [file, day, MOST_CHANGES],
        )


def merge_securities(source: str, file: int) -> Changes:
    """Add and rename securities; none is ever removed, because old days name them.

    Args:
        source: of `source_of`; a row that a newer master wrote stays.
        file: key of the master, for what it renames.
    """
    values: dict[str, str | int] = {"source": source, "file": file, "most": MOST_CHANGES}
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT, values)
        changed = cursor.fetchone()[0]
        if changed:
            cursor.execute(EACH, values)
        cursor.execute(SECURITIES, values)
        added = cursor.fetchone()[0]
    return Changes(added, changed)


def source_of(day: date, revision: int) -> str:
    """What stands as the source of a row that this file wrote; newer ones sort later."""
    return f"{NAME}{day.isoformat()} r{revision:05}"
