"""Django's migrate, which rather gives up than blocks the running portal."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from brokerage.core.migrating import Executor

# Django's command asks its module for the executor, and nobody else.
migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]


class Command(migrate.Command):
    """A step that waits for a lock longer than five seconds fails and can be run again."""

    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("set lock_timeout = '5s'")
            cursor.execute("set statement_timeout = 0")
        super().handle(*args, **options)
