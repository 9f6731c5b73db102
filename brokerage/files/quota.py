"""Quotas that hold under concurrency: a count is raised only where it stays within its limit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from brokerage.core.saving import Write, carry_out, write_of
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
SELECT scope, place, greatest(%s::bigint, 0), greatest(%s::bigint, 0)
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS counted (scope, place, turn)
ORDER BY turn
ON CONFLICT (scope, place) DO UPDATE
SET bytes = known.bytes + %s::bigint, files = known.files + %s::bigint
RETURNING scope, bytes, files
"""
COUNTED = "json_object_agg(scope, ARRAY[bytes, files])"


def take(file: StoredFile) -> None:
    """Insert a new file and count it, all scopes or none.

    Raises:
        QuotaExceeded: for the first scope without room.
    """
    with transaction.atomic():
        carry_out(taking(file))


def taking(file: StoredFile) -> list[Write]:
    """What inserts a new file and counts it, as parts of a larger statement.

    Let it be the last of its transaction: the counters, for which everybody waits, are held from
    there to its end. It raises QuotaExceeded where there is no room; give the transaction up then.
    """
    limits = _limits(purposes.get(file.purpose), file.owner_ref)

    def look(counted: dict[str, tuple[int, int]]) -> None:
        for scope, (_place, limit) in limits.items():
            used, kept = counted[scope]
            if used > limit.bytes or kept > limit.files:
                raise QuotaExceeded(scope)

    return [Write(COUNT, _counted(limits, file.size, 1), look, COUNTED), write_of(file)]


def change(file: StoredFile, *, size: int, files: int = 0) -> None:
    """Count `size` bytes and `files` files more (or fewer, where negative), without a limit."""
    if not size and not files:
        return  # as announced: nobody waits for a counter that stays as it is
    limits = _limits(purposes.get(file.purpose), file.owner_ref)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, _counted(limits, size, files))


def give_back(file: StoredFile) -> None:
    """Count a file no longer."""
    change(file, size=-file.size, files=-1)


def _counted(limits: Limits, size: int, files: int) -> tuple[Any, ...]:
    """The values of COUNT, which raises (or lowers) each count."""
    places = [place for place, _limit in limits.values()]
    return (size, files, list(limits), places, size, files)


def _limits(purpose: Purpose, owner_ref: UUID) -> Limits:
    owner = f"{purpose.owner_type}:{owner_ref}"
    return {
        "owner": (owner, OWNER),
        "purpose": (f"{owner}:{purpose.key}", purpose.per_owner),
        "kind": (purpose.key, purpose.in_total),
        "all": ("", ALTOGETHER),
    }
