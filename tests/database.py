"""The tests' database: its schema made once for many runs, emptied quickly between tests.

Django's own flush truncates every table and then sends `post_migrate`, which reads all texts and
roles anew: two seconds after each test with real transactions. Here what the set-up left is copied
aside once and put back, and only tables that hold something are emptied.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection

from brokerage.launch.postgres import Cluster

BASE = "tests_base"
"""The schema with the copies of what the set-up left."""
READ = "_read"
"""The template's twin for who connects: the server copies no database that somebody reads."""
# Large tables that a test with real transactions leaves as they are: not copied, never emptied.
KEPT_PREFIXES = ("reference_", "branches_list_", "django_content_type", "django_migrations")
# The queue's tables are not Django's: what one test put into it is no other test's.
QUEUE = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers")
ROOT = Path(__file__).parent.parent


def use_template() -> None:
    """Have Django make this process's test database as a copy of the template."""
    connection.settings_dict["TEST"]["TEMPLATE"] = template()


def template() -> str:
    """The name of the database with today's schema and nothing in it.

    The first process of the first run makes it; its name has a digest of all migrations.
    """

    def make(name: str) -> None:
        with used(name):
            call_command("migrate", verbosity=0, interactive=False)
        copied(name, to=f"tests_template_{digest}{READ}")

    digest = _digest_of_migrations()
    return made_once("tests_template_", digest, make)


def made_once(
    kind: str, tag: str, make: Callable[[str], None], *, template: str = "template1"
) -> str:
    """The name of a database that `make` fills, once: other processes wait for it.

    Args:
        kind: begins the name; others of the kind are of earlier runs and are dropped.
        tag: ends it, and says what it holds.
        make: takes the database's name.
        template: what it is before.
    """
    name = kind + tag
    with connection._nodb_cursor() as server:
        server.execute("SET lock_timeout = 0")  # another process may be at it for a minute
        server.execute("SET statement_timeout = 0")
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [kind])
        server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [kind])
        standing = {row[0] for row in server.fetchall()}
        if name not in standing:
            for old in standing:
                server.execute(f'DROP DATABASE "{old}" (FORCE)')
            server.execute(f'CREATE DATABASE "{name}_unfinished" TEMPLATE "{template}"')
            make(f"{name}_unfinished")
            # The right name comes last, so that a start that breaks off leaves no template.
            server.execute(f'ALTER DATABASE "{name}_unfinished" RENAME TO "{name}"')
    return name


def copied(name: str, *, to: str) -> None:
    """Copy a database that nobody is connected to."""
    with connection._nodb_cursor() as server:
        server.execute("SET statement_timeout = 0")
        server.execute(f'CREATE DATABASE "{to}" TEMPLATE "{name}"')


@contextmanager
def used(name: str) -> Iterator[None]:
    """This process works on the database `name`, the threads that serve a browser too."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def copy_template(to: Cluster, database: str) -> None:
    """Put the template's schema into an empty database of another server."""
    given = connection.get_connection_params() | {"dbname": template() + READ}
    named = ("host", "port", "user", "password", "dbname")
    source = psycopg.conninfo.make_conninfo(**{key: given[key] for key in named if key in given})
    server = ("-h", str(to.socket_dir), "-p", str(to.port), "-U", "postgres", "-d", database)
    dump = subprocess.Popen(
        [to.programs / "pg_dump", "--no-owner", "-d", source], stdout=subprocess.PIPE
    )
    load = [str(to.programs / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", *server]
    subprocess.run(load, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    assert dump.wait() == 0


def wait_for_no_disk() -> None:
    """Commits of the test database, which nobody needs after a crash, return at once.

    Also where another worker's checkpoint keeps the disk busy.
    """
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    connection.close()


def _digest_of_migrations() -> str:
    """Of our own and, by the lock file, of the packages'."""
    digest = hashlib.sha256()
    for path in (*sorted(ROOT.glob("[!.]*/**/migrations/*.py")), ROOT / "requirements.txt"):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def keep_what_the_setup_left() -> None:
    """Copy every filled table that is not kept as it is, and let Django's flush put them back."""
    with connection.cursor() as cursor:
        names = connection.introspection.django_table_names(only_existing=True)
        tables = [name for name in names if not name.startswith(KEPT_PREFIXES)]
        cursor.execute(f"DROP SCHEMA IF EXISTS {BASE} CASCADE")
        cursor.execute(f"CREATE SCHEMA {BASE}")
        restoring = []
        for table in _filled(cursor, tables):
            cursor.execute(f'CREATE TABLE {BASE}."{table}" AS TABLE public."{table}"')
            columns = _columns(cursor, table)
            restoring.append(
                f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {BASE}."{table}"'
            )
    _replace_flush(tables, restoring)


def _filled(cursor: Any, tables: Iterable[str]) -> list[str]:
    """Which of the tables hold a row."""
    questions = [
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM public.\"{table}\")" for table in tables
    ]
    cursor.execute(" UNION ALL ".join(questions))
    return [row[0] for row in cursor.fetchall()]


def _columns(cursor: Any, table: str) -> str:
    cursor.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    (columns,) = cursor.fetchone()
    return str(columns)


def _replace_flush(tables: list[str], restoring: list[str]) -> None:
    """On the class: a browser's event loop gives its tests a connection object of their own."""
    from django.core.management.commands import flush

    operations = type(connection.ops)
    execute_flush = operations.execute_sql_flush

    def sql_flush(self: Any, style: Any, names: Iterable[str], **options: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            return [f'DELETE FROM "{table}"' for table in _filled(cursor, [*tables, *QUEUE])]

    def execute_sql_flush(self: Any, statements: Iterable[str]) -> None:
        # As a replica: no trigger that refuses, no foreign key to check.
        as_replica = "SET LOCAL session_replication_role = replica"
        execute_flush(self, [as_replica, *statements, *restoring])

    operations.sql_flush = sql_flush  # type: ignore[method-assign,assignment]
    operations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign,assignment]
    flush.emit_post_migrate_signal = _nothing  # type: ignore[attr-defined]


def _nothing(*args: Any, **options: Any) -> None:
    """What `post_migrate` would make anew was put back from its copy."""
