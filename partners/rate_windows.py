"""The counters of the rate limits: one statement a call, exact under any concurrency."""

from __future__ import annotations

from django.db import connection

COUNT = """
INSERT INTO partners_ratewindow AS w (key, "window", hits) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
    hits = CASE WHEN w."window" = excluded."window" THEN w.hits + 1 ELSE 1 END,
    "window" = excluded."window"
RETURNING hits
"""


def count(key: str, window: int) -> int:
    """Add one to the counter of `key` in window number `window`; the new count."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [key[:120], window])
        (hits,) = cursor.fetchone()
    return int(hits)
