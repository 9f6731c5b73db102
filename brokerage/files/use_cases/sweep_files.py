"""Remove what interrupted uploads left."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from brokerage.files.models import FilePart, StoredFile
from brokerage.files.states import Status
from brokerage.files.storage import storage
from brokerage.files.use_cases.store_file import remove_reservation

GRACE = timedelta(hours=24)
BATCH = 500
SMALL = 100
log = logging.getLogger(__name__)


class TooManyOrphans(Exception):
    """Most files of the storage are unknown to the database: probably it is the wrong one."""


def sweep(*, at: datetime, storage_now: float) -> tuple[int, int]:
    """Remove reservations, and bytes without a row, that are older than a day.

    Args:
        at: now, by the application's clock.
        storage_now: now, by the clock that stamps the storage's files (seconds since 1970): the
            sandbox's clock may run ahead, and must not make a running upload look old.

    Returns:
        How many reservations and how many files were removed.

    Raises:
        TooManyOrphans: more than half of a hundred or more files would go; nothing was removed.
    """
    orphans, known = [], 0
    for names in _batches(storage_now - GRACE.total_seconds()):
        ours = set(StoredFile.objects.filter(name__in=names).values_list("name", flat=True))
        ours |= set(FilePart.objects.filter(name__in=names).values_list("name", flat=True))
        orphans += [name for name in names if name not in ours]
        known += len(ours)
    if len(orphans) > max(known, SMALL):
        raise TooManyOrphans(f"{len(orphans)} of {len(orphans) + known} files have no row.")
    for name in orphans:
        storage().delete(name)
    reservations = _sweep_reservations(at)
    if orphans or reservations:
        log.info("files swept", extra={"orphans": len(orphans), "reservations": reservations})
    return reservations, len(orphans)


def _sweep_reservations(at: datetime) -> int:
    removed = 0
    while True:
        with transaction.atomic():
            rows = list(
                StoredFile.objects.select_for_update(skip_locked=True)
                .filter(status=Status.RECEIVING, created_at__lt=at - GRACE)
                .order_by("created_at", "pk")[:BATCH]
            )
            for row in rows:
                remove_reservation(row)
        removed += len(rows)
        if len(rows) < BATCH:
            return removed


def _batches(older_than: float) -> Iterator[list[str]]:
    names = (name for name, written in storage().listing() if written < older_than)
    while batch := list(islice(names, BATCH)):
        yield batch
