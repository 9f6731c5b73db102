"""Partitions, the hand-written table beside its model, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from brokerage.journal import metrics
from brokerage.journal.models import Entry
from brokerage.journal.partitions import add_partitions
from tests.journal.factories import moved

SIZE = 20_000_000


def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def partitions() -> list[str]:
    rows = ask(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass "
        "ORDER BY 1",
        "journal_entry",
    )
    return [str(name) for (name,) in rows]


@pytest.fixture
def drawn() -> Iterator[Callable[[int], object]]:
    """Put the sequence of ids where the test wants it; it does not roll back by itself."""
    ((before, called),) = ask("SELECT last_value, is_called FROM journal_entry_id_seq")
    yield lambda number: ask("SELECT setval('journal_entry_id_seq', %s)", number)
    ask("SELECT setval('journal_entry_id_seq', %s, %s)", before, called)


@pytest.mark.django_db
def test_partitions_are_made_ahead_and_only_once(drawn: Callable[[int], object]) -> None:
    assert partitions() == [f"journal_entry_p0000{n}" for n in range(3)]
    assert add_partitions() == 0
    drawn(SIZE * 2 + 5)
    assert add_partitions() == 2
    assert partitions()[-1] == "journal_entry_p00004"
    assert moved().pk == SIZE * 2 + 6
    assert metrics.rows_left() == SIZE * 3 - 6
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        ask("TRUNCATE journal_entry_p00004 CASCADE")
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        ask("DELETE FROM journal_entry_p00002")


@pytest.mark.django_db
def test_an_entry_without_a_partition_fails_loudly(drawn: Callable[[int], object]) -> None:
    drawn(SIZE * 40)
    with pytest.raises(DatabaseError, match="no partition"), transaction.atomic():
        moved()
    add_partitions()
    assert moved().version == 1


@pytest.mark.django_db
def test_a_new_partition_has_the_indexes_of_the_table() -> None:
    sql = "SELECT count(*) FROM pg_index WHERE indrelid = %s::regclass"
    assert ask(sql, "journal_entry") == ask(sql, "journal_entry_p00002") == [(5,)]


@pytest.mark.django_db
def test_the_table_agrees_with_its_model() -> None:
    """Django believes that it made the table; it was made by hand."""
    rows = ask(
        "SELECT column_name, is_nullable = 'YES' FROM information_schema.columns "
        "WHERE table_name = 'journal_entry' ORDER BY ordinal_position"
    )
    fields = Entry._meta.concrete_fields
    assert rows == [(field.column, field.null) for field in fields]
    types = dict(
        ask(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = 'journal_entry'::regclass AND attnum > 0"
        )
    )
    for field in fields:
        found = str(types[field.column]).replace("character varying", "varchar")
        assert found == field.rel_db_type(connection), field.column
    indexes = {
        name
        for (name,) in ask("SELECT indexname FROM pg_indexes WHERE tablename = 'journal_entry'")
    }
    assert {index.name for index in Entry._meta.indexes} == indexes - {"journal_entry_pkey"}
    checks = {
        name
        for (name,) in ask(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'journal_entry'::regclass "
            "AND contype = 'c'"
        )
    }
    assert {constraint.name for constraint in Entry._meta.constraints} == checks


@pytest.mark.django_db
def test_the_migrations_can_be_undone_and_done_again() -> None:
    MigrationExecutor(connection).migrate([("journal", None)])
    left = (
        "SELECT relname FROM pg_class WHERE relname LIKE 'journal%%' UNION "
        "SELECT proname FROM pg_proc WHERE proname LIKE 'journal%%'"
    )
    assert ask(left) == []
    executor = MigrationExecutor(connection)
    executor.migrate([key for key in executor.loader.graph.leaf_nodes() if key[0] == "journal"])
    assert moved().version == 1
