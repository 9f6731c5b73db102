"""Django's migrate, which rather gives up than blocks the running portal."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """A step that waits for a lock longer than five seconds fails and can be run again."""

    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("set lock_timeout = '5s'")
            cursor.execute("set statement_timeout = 0")
        super().handle(*args, **options)
