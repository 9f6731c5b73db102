"""The PDF of an item: attached to the working text, and frozen with the words by the signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from content.events import ReportAttached, ReportDetached
from content.files import REPORT
from content.models import Item


class UnableToAttach(RefusedByField):
    """Nothing is attached; `errors` has the translated message by the field `upload`."""


def attach_report(*, item: Item, upload: Any, by: User, at: datetime) -> files.StoredFile:
    """Store a PDF and make it the one of the working text; readers see it after the release.

    A PDF that no version was signed with makes room for it and is disposed of. Call it outside a
    transaction (`files.store`).

    Args:
        item: locked here.
        upload: a file of at most twenty megabytes; what it is, its content says.
        by: who attaches it.
        at: now.

    Raises:
        UnableToAttach: for what is no PDF or too large, or an item that was withdrawn.
    """
    _require_work(item)
    actor = Actor.of(by)
    try:
        stored = files.store(upload=upload, purpose=REPORT, owner_ref=item.ref, actor=actor, at=at)
    except files.UnableToStore as error:
        raise UnableToAttach({"upload": list(error.messages)}) from error
    try:
        with transaction.atomic():
            row = _replace(item, stored, actor, at)
            record(ReportAttached(subject=row.ref, file=stored.ref), actor=actor, at=at)
    except UnableToAttach:
        files.dispose(file=stored, actor=actor, at=at, reason="withdrawn meanwhile")
        raise
    return stored


@transaction.atomic
def detach_report(*, item: Item, by: User, at: datetime) -> None:
    """Take the PDF off the working text; what readers see changes with the next release.

    Raises:
        UnableToAttach: for an item that was withdrawn.
    """
    actor = Actor.of(by)
    row = _replace(item, None, actor, at)
    record(ReportDetached(subject=row.ref), actor=actor, at=at)


def _replace(item: Item, stored: files.StoredFile | None, actor: Actor, at: datetime) -> Item:
    row = lock_row(Item, item.pk)
    _require_work(row)
    old, row.report = row.report, stored
    row.save(update_fields=["report"])
    if old is not None and not row.revisions.filter(report=old).exists():
        files.dispose(file=old, actor=actor, at=at, reason="replaced before a signature")
    return row


def _require_work(item: Item) -> None:
    if item.is_over:
        raise UnableToAttach({"upload": [_("This item was withdrawn. Begin another one.")]})
