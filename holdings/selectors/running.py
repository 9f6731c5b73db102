"""Whether a file is being taken at this moment, and how far it is.

The whole import is one transaction, so no row tells it; the server itself does.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from holdings.importing.staging import LOCK


@dataclass(frozen=True)
class Running:
    """An import under way.

    Attributes:
        lines: read so far; 0 once all are read and being checked and merged.
    """

    lines: int


def under_way() -> Running | None:
    """What another session is taking now; None where none is. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(p.tuples_processed), 0) FROM pg_locks l"
            " LEFT JOIN pg_stat_progress_copy p ON p.pid = l.pid"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
            " AND l.pid <> pg_backend_pid()"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(%s, 0)"
            " GROUP BY l.pid",
            [LOCK],
        )
        found = cursor.fetchone()
    return Running(lines=found[0]) if found else None
