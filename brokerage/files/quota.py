"""Quotas that hold under concurrency: a count is raised only where it stays within its limit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from brokerage.files.models import StoredFile
from brokerage.files.purposes import MEGABYTE, Limit, Purpose, purposes
from brokerage.files.refusals import QuotaExceeded

OWNER = Limit(1_000 * MEGABYTE, 500)
ALTOGETHER = Limit(10_000_000 * MEGABYTE, 100_000_000)
Limits = dict[str, tuple[str, Limit]]
"""Each scope with its place and its limit."""


# Places are locked in the order given, so that two uploads never wait for each other in a circle.
# A place is made when it is first counted; what is taken from one that nobody made stays at zero.
COUNT = """
INSERT INTO files_usage AS known (scope, place, bytes, files)
SELECT scope, place, greatest(%(bytes)s, 0), greatest(%(files)s, 0)
FROM unnest(%(scopes)s::text[], %(places)s::text[]) WITH ORDINALITY AS counted (scope, place, turn)
ORDER BY turn
ON CONFLICT (scope, place) DO UPDATE
SET bytes = known.bytes + %(bytes)s, files = known.files + %(files)s
RETURNING scope, bytes, files
"""


def take(purpose: Purpose, owner_ref: UUID, size: int, *, files: int = 1) -> None:
    """Count `size` more bytes and `files` more files, all scopes or none.

    Raises:
        QuotaExceeded: for the first scope without room.
    """
    limits = _limits(purpose, owner_ref)
    with transaction.atomic(savepoint=False):  # whoever reserves gives up as a whole
        for scope, used, kept in _count(limits, size, files):
            limit = limits[scope][1]
            if used > limit.bytes or kept > limit.files:
                raise QuotaExceeded(scope)


def change(file: StoredFile, *, size: int, files: int = 0) -> None:
    """Count `size` bytes and `files` files more (or fewer, where negative), without a limit."""
    if not size and not files:
        return  # as announced: nobody waits for a counter that stays as it is
    _count(_limits(purposes.get(file.purpose), file.owner_ref), size, files)


def give_back(file: StoredFile) -> None:
    """Count a file no longer."""
    change(file, size=-file.size, files=-1)


def _count(limits: Limits, size: int, files: int) -> list[tuple[str, int, int]]:
    """Raise (or lower) each count; scope, bytes and files of each afterwards, in its order."""
    places = [place for place, _limit in limits.values()]
    values: dict[str, Any] = {
        "bytes": size,
        "files": files,
        "scopes": list(limits),
        "places": places,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        return cursor.fetchall()


def _limits(purpose: Purpose, owner_ref: UUID) -> Limits:
    owner = f"{purpose.owner_type}:{owner_ref}"
    return {
        "owner": (owner, OWNER),
        "purpose": (f"{owner}:{purpose.key}", purpose.per_owner),
        "kind": (purpose.key, purpose.in_total),
        "all": ("", ALTOGETHER),
    }
