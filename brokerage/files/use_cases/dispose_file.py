"""Destroy the bytes and the key of a file; the row stays as evidence that it was there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from brokerage.core.locking import lock_row
from brokerage.files import quota
from brokerage.files.events import FileDisposed
from brokerage.files.models import StoredFile
from brokerage.files.states import WITH_CONTENT, Status
from brokerage.files.storage import storage
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


def dispose(*, file: StoredFile, actor: Actor, at: datetime, reason: str) -> StoredFile:
    """Dispose of a file and of its clean copy; disposing again changes nothing.

    Args:
        file: received in full; a refused file has no bytes any more, but may be disposed of.
        actor: who asked for it.
        at: now.
        reason: why, for the journal.

    Raises:
        IllegalTransition: while it is being received.
    """
    with transaction.atomic():
        original = lock_row(StoredFile, file.original_id or file.pk)
        dispose_with_copies(original, actor=actor, at=at, reason=reason)
        file.refresh_from_db()
        return file


def dispose_of_owners(
    *, owner_type: str, owner_refs: Iterable[UUID], actor: Actor, at: datetime, reason: str
) -> None:
    """Dispose of all files of owners that end themselves; call it in the transaction of that."""
    rows = StoredFile.objects.filter(
        owner_type=owner_type, owner_ref__in=list(owner_refs), original=None
    ).exclude(status=Status.RECEIVING)  # the sweep takes those
    for row in rows.select_for_update().order_by("pk"):
        dispose_with_copies(row, actor=actor, at=at, reason=reason)


def dispose_with_copies(original: StoredFile, *, actor: Actor, at: datetime, reason: str) -> None:
    """Dispose of a locked row and of what was made of it."""
    copies = StoredFile.objects.select_for_update().filter(original=original).order_by("pk")
    for row in [original, *copies]:
        if row.status != Status.DISPOSED:
            dispose_row(row, actor=actor, at=at, reason=reason)


def dispose_row(row: StoredFile, *, actor: Actor, at: datetime, reason: str) -> None:
    """Dispose of one locked row."""
    remove_content(row)
    row.disposed_at = at
    row.move_to(Status.DISPOSED)
    row.save()
    event = FileDisposed(subject=row.ref, purpose=row.purpose, owner_ref=row.owner_ref)
    record(event, actor=actor, at=at, reason=reason)


def remove_content(row: StoredFile) -> None:
    """Take name and key off a locked row; the bytes go when the transaction has committed.

    Where the process dies between, the sweep removes them: without a key they are noise.
    """
    if row.status not in WITH_CONTENT or row.name is None:
        return
    quota.give_back(row)
    transaction.on_commit(partial(storage().delete, row.name))
    row.name = row.key = None
