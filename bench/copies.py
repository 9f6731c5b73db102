"""Many rows by SQL, as copies of one that a use case made."""

from __future__ import annotations

from typing import Any


def run(sql: str, *values: Any, triggers: bool = True) -> None:
    """Run a statement of a bench, however long it takes.

    Args:
        triggers: False where the copies differ from a good row in their keys alone, so that what
            the triggers keep is kept already.
    """
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        if not triggers:
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)


def copy(model: Any, source: str, **changed: str) -> str:
    """INSERT … SELECT of all columns but the key of `s` in `source`, some of them changed.

    Args:
        model: whose table is filled.
        source: the FROM part; the row that is copied is called `s`.
        changed: an expression by column.
    """
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join(changed.get(column, f"s.{column}") for column in columns)
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {chosen} FROM {source}"
    )
