"""Take a released item away at once; everybody who read it is told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import everybody
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from content.events import ItemWithdrawn
from content.models import Correction, Item
from content.states import CorrectionKind, ItemStatus
from content.use_cases.release_item import tell_later


class UnableToWithdraw(Exception):
    """The item cannot be withdrawn; the message is translated."""


@transaction.atomic
def withdraw_item(
    *, item: Item, officer: User, note_zh: str, note_en: str, at: datetime
) -> Correction:
    """Show the item no more. One person suffices: what may be wrong does not wait for another.

    Args:
        item: a released one; locked here.
        note_zh, note_en: what was wrong, for its readers.

    Raises:
        UnableToWithdraw: when it is not released, or a note is missing.
    """
    if not note_zh.strip() or not note_en.strip():
        raise UnableToWithdraw(_("Say in both languages what was wrong."))
    row = Item.objects.select_for_update(of=("self",)).select_related("live").get(pk=item.pk)
    try:
        row.move_to(ItemStatus.WITHDRAWN)
    except IllegalTransition as error:
        raise UnableToWithdraw(_("Only what is released can be withdrawn.")) from error
    row.withdrawn_at = at
    row.save()
    assert row.live is not None
    correction = Correction.objects.create(
        item=row,
        kind=CorrectionKind.WITHDRAWN,
        wrong=row.live,
        note_zh=note_zh.strip(),
        note_en=note_en.strip(),
        made_by=officer,
        made_at=at,
    )
    record(
        ItemWithdrawn(subject=row.ref, revision=row.live.ref, correction=correction.ref),
        actor=Actor.of(officer),
        at=at,
        reason=note_zh.strip(),
    )
    tell_later(correction)
    transaction.on_commit(everybody.forget)
    return correction
