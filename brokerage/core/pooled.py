"""The connections of the pool, and how long a thread of the portal keeps one."""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg
from django.db.backends.signals import connection_created

RECENT = 1.0
"""Seconds in which a connection that was handed out before is taken to live on."""


def keep_for_a_moment() -> None:
    """Let each thread keep its connection from one request to the next, for a second.

    Taking it from the pool, looking at it and giving it back took as long as a query. Django does
    so after each request, unless the connection has some life left, which with a pool it has not.
    For threads that last as long as their process: with any other its connection would be lost.
    """
    connection_created.connect(_keep)


def _keep(connection: Any, **_rest: Any) -> None:
    if connection.pool:
        connection.close_at = monotonic() + RECENT  # Django looks when a request begins or ends


class PooledConnection(psycopg.Connection[Any]):
    """A connection that is not asked whether it lives when it was handed out a moment ago.

    The pool asks by an empty statement before each request, which costs a busy portal as much as
    a query. What dies within that second makes one request fail, as it does in mid-request.
    """

    out_at = float("-inf")

    def execute(self, query: Any, *args: Any, **options: Any) -> psycopg.Cursor[Any]:
        """As usual; the pool's empty statement only where the connection has rested."""
        if query != "":
            return super().execute(query, *args, **options)
        before, self.out_at = self.out_at, monotonic()
        if self.out_at - before < RECENT:
            return self.cursor()
        return super().execute(query, *args, **options)
