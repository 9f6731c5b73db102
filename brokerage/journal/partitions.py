"""Room for entries, made ahead of time."""

from __future__ import annotations

from django.db import connection

AHEAD = 2


def add_partitions(*, ahead: int = AHEAD) -> int:
    """Make the partition that ids are drawn from and the next `ahead` ones, where missing.

    Returns:
        How many were made.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal_add_partitions(%s)", [ahead])
        (made,) = cursor.fetchone()
    return int(made)
