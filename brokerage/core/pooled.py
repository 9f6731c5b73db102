"""The connections of the pool."""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg

RECENT = 1.0
"""Seconds for which a connection that did something is taken to live on."""


class PooledConnection(psycopg.Connection[Any]):
    """A connection that is not asked whether it lives when it was at work a moment ago.

    The pool asks by an empty statement before each request, which costs a busy portal as much as
    a query. What dies within that second makes one request fail, as it does in mid-request.

    It notes its work itself: a pool that is to call something for each connection that comes back
    hands it to a thread for that, which costs as much again.
    """

    at_work = float("-inf")

    def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
        """As usual, for whatever the server is asked."""
        given = super().wait(gen, *args, **options)
        self.at_work = monotonic()
        return given

    def execute(self, query: Any, *args: Any, **options: Any) -> psycopg.Cursor[Any]:
        """As usual; the pool's empty statement only where the connection has rested."""
        if query == "" and monotonic() - self.at_work < RECENT:
            return self.cursor()
        return super().execute(query, *args, **options)
