"""The PDF as which a text came in: kept beside the words that the desk screens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.files import api as files
from brokerage.files.states import Status
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from content.events import OriginalKept
from content.files import ORIGINAL
from content.models import RawItem

ENDED = (Status.REFUSED, Status.DISPOSED)


class UnableToKeep(RefusedByField):
    """Nothing is kept; `errors` has the translated message by the field `upload`."""


def keep_original(*, raw: RawItem, upload: Any, by: User, at: datetime) -> files.StoredFile:
    """Store the PDF of a text. What came in stays as it came: there is one, and none replaces it.

    One that the check refused makes room for another. Call it outside a transaction
    (`files.store`).

    Args:
        raw: locked here.
        upload: a file of at most twenty megabytes; what it is, its content says.
        by: who brings it.
        at: now.

    Raises:
        UnableToKeep: for what is no PDF or too large, or where one is kept already.
    """
    _require_room(raw)
    actor = Actor.of(by)
    try:
        stored = files.store(
            upload=upload, purpose=ORIGINAL, owner_ref=raw.ref, actor=actor, at=at
        )
    except files.UnableToStore as error:
        raise UnableToKeep({"upload": list(error.messages)}) from error
    try:
        with transaction.atomic():
            row = lock_row(RawItem, raw.pk)
            _require_room(row)
            row.original = stored
            row.save(update_fields=["original"])
            record(OriginalKept(subject=row.ref, file=stored.ref), actor=actor, at=at)
    except UnableToKeep:
        files.dispose(file=stored, actor=actor, at=at, reason="another one was kept meanwhile")
        raise
    return stored


def has_room(raw: RawItem) -> bool:
    """Whether a PDF may be kept: there is none, or the check refused it."""
    return raw.original is None or raw.original.status in ENDED


def _require_room(raw: RawItem) -> None:
    if not has_room(raw):
        raise UnableToKeep({"upload": [_("A PDF is kept with this text already.")]})
