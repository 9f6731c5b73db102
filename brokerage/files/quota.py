"""Quotas that hold under concurrency: a count is raised only where it stays within its limit."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import F

from brokerage.files.models import StoredFile, Usage
from brokerage.files.purposes import MEGABYTE, Limit, Purpose, purposes
from brokerage.files.refusals import QuotaExceeded

OWNER = Limit(1_000 * MEGABYTE, 500)
ALTOGETHER = Limit(10_000_000 * MEGABYTE, 100_000_000)


def take(purpose: Purpose, owner_ref: UUID, size: int, *, files: int = 1) -> None:
    """Count `size` more bytes and `files` more files, all scopes or none.

    Raises:
        QuotaExceeded: for the first scope without room.
    """
    with transaction.atomic():
        for scope, place, limit in _places(purpose, owner_ref):
            room = {"bytes__lte": limit.bytes - size, "files__lte": limit.files - files}
            if not _count(scope, place, size, files, **room):
                raise QuotaExceeded(scope)


def change(file: StoredFile, *, size: int, files: int = 0) -> None:
    """Count `size` bytes and `files` files more (or fewer, where negative), without a limit."""
    if not size and not files:
        return  # as announced: nobody waits for a counter that stays as it is
    with transaction.atomic():
        for scope, place, _limit in _places(purposes.get(file.purpose), file.owner_ref):
            _count(scope, place, size, files)


def give_back(file: StoredFile) -> None:
    """Count a file no longer."""
    change(file, size=-file.size, files=-1)


def _count(scope: str, place: str, size: int, files: int, **room: int) -> bool:
    """Raise one count where there is `room`; it is made when it is first needed."""
    rows = Usage.objects.filter(scope=scope, place=place, **room)
    more = {"bytes": F("bytes") + size, "files": F("files") + files}
    if rows.update(**more):
        return True
    Usage.objects.bulk_create([Usage(scope=scope, place=place)], ignore_conflicts=True)
    return bool(rows.update(**more))


def _places(purpose: Purpose, owner_ref: UUID) -> Iterator[tuple[str, str, Limit]]:
    # always in this order, so that two uploads never wait for each other in a circle
    owner = f"{purpose.owner_type}:{owner_ref}"
    yield "owner", owner, OWNER
    yield "purpose", f"{owner}:{purpose.key}", purpose.per_owner
    yield "kind", purpose.key, purpose.in_total
    yield "all", "", ALTOGETHER
