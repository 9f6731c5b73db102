"""Gives a database role the rights that web and workers need, and no more.

The owner of the schema runs it after each `migrate`; web and workers then connect as the role.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg import sql

# Evidence: rows are added and read, never changed (triggers say the same to everybody).
INSERT_ONLY_PREFIXES = ("journal_entry", "journal_seal")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="name of an existing role without superuser rights")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        role = options["role"]
        with connection.cursor() as cursor:
            cursor.execute("select rolsuper from pg_roles where rolname = %s", [role])
            row = cursor.fetchone()
            if row is None:
                raise CommandError(f"There is no role {role}: create role {role} login password …")
            if row[0]:
                raise CommandError(f"{role} is a superuser; take a role without rights.")
            tables = connection.introspection.table_names(cursor)
            for statement in statements(role, tables):
                cursor.execute(statement.as_string(cursor.cursor))
        self.stdout.write(f"{role} may use {len(tables)} tables and change no schema.")


def statements(role: str, tables: list[str]) -> list[sql.Composed]:
    """The grants for `role` over `tables`, first taking away what it had."""
    who = sql.Identifier(role)
    done = [
        sql.SQL("revoke create on schema public from public").format(),
        sql.SQL("revoke all on all tables in schema public from {}").format(who),
        sql.SQL("grant usage on schema public to {}").format(who),
        sql.SQL("grant usage, select on all sequences in schema public to {}").format(who),
        sql.SQL("grant execute on all functions in schema public to {}").format(who),
    ]
    for table in tables:
        rights = (
            "select, insert"
            if table.startswith(INSERT_ONLY_PREFIXES)
            else "select, insert, update, delete"
        )
        done.append(
            sql.SQL("grant {} on table {} to {}").format(
                sql.SQL(rights), sql.Identifier(table), who
            )
        )
    return done
