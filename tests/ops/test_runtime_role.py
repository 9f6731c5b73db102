"""The runtime role can do its work and nothing to the schema or the evidence."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

# Roles belong to the whole server, where other test processes have databases of their own.
ROLE = f"runtime_for_test_{os.getpid()}"


@pytest.fixture
def runtime(transactional_db) -> Iterator[psycopg.Connection]:
    with connection.cursor() as cursor:
        cursor.execute(f"create role {ROLE} login")
    call_command("grant_runtime_role", ROLE, verbosity=0)
    params = connection.get_connection_params()
    opened = psycopg.connect(
        host=params.get("host"), port=params.get("port"), dbname=params["dbname"], user=ROLE
    )
    opened.autocommit = True
    yield opened
    opened.close()
    with connection.cursor() as cursor:
        cursor.execute(f"drop owned by {ROLE}")
        cursor.execute(f"drop role {ROLE}")


def test_it_reads_and_writes_ordinary_tables(runtime):
    assert runtime.execute("select count(*) from users_user").fetchone() == (0,)
    assert runtime.execute("delete from django_session").rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "create table sneaked (n int)",
        "drop table users_user",
        "alter table users_user add column sneaked int",
        "truncate django_session",
        "update journal_entry set kind = 'altered'",
        "delete from journal_entry",
        "delete from journal_seal",
        "copy users_user to program 'cat'",
        "create role sneaked",
        "alter table journal_entry disable trigger all",
    ],
)
def test_it_cannot(runtime, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute(statement)


@pytest.mark.django_db
def test_a_superuser_or_unknown_role_is_refused():
    with pytest.raises(CommandError, match="is a superuser"):
        call_command("grant_runtime_role", "postgres")
    with pytest.raises(CommandError, match="There is no role"):
        call_command("grant_runtime_role", "nobody_at_all")
