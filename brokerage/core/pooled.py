"""The connections of the pool."""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg

RECENT = 1.0
"""Seconds in which a connection that was handed out before is taken to live on."""


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
