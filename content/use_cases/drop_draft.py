"""A draft that comes to nothing: dropped with the reason, its text perhaps given back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from content.events import DraftDropped
from content.models import Item, RawItem, Revision
from content.states import ItemStatus, RawStatus


class UnableToDrop(Exception):
    """The draft cannot be dropped; the message is translated."""


@transaction.atomic
def drop_draft(
    *, item: Item, officer: User, reason: str, gives_back: bool = False, at: datetime
) -> Item:
    """Take a draft out of work; nobody ever read it, so nobody is told.

    Args:
        item: locked here; one that was never released.
        reason: why, for the journal.
        gives_back: the text it was made from waits for the desk again, on its old clock.

    Raises:
        UnableToDrop: without a reason, for what was released, or while a version waits.
    """
    if not reason.strip():
        raise UnableToDrop(_("Say why the draft is dropped."))
    row = lock_row(Item, item.pk)
    if Revision.objects.pending().filter(item=row).exists():
        raise UnableToDrop(_("A version waits for its second person. Have it sent back first."))
    try:
        row.move_to(ItemStatus.DROPPED)
    except IllegalTransition as error:
        raise UnableToDrop(_("Only a draft can be dropped.")) from error
    raw = row.raw
    if raw is not None and gives_back:
        row.raw = None
        _give_back(raw)
    row.save()
    record(
        DraftDropped(subject=row.ref, given_back=raw.ref if raw and gives_back else None),
        actor=Actor.of(officer),
        at=at,
        reason=reason.strip()[:300],
    )
    return row


def _give_back(raw: RawItem) -> None:
    row = lock_row(RawItem, raw.pk)
    row.move_to(RawStatus.WAITING)
    row.decided_by = row.decided_at = None
    row.rank = row.find_rank()
    row.save()
