"""What the second pair of eyes does: a signed version becomes what readers see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from django.utils.translation import gettext as _

from brokerage.core import everybody
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.core.locking import lock_row
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from content.events import ItemReleased
from content.models import Correction, Item, Revision
from content.rules.words import words_of
from content.states import CorrectionKind, ItemStatus


def release(revision: Revision, checker: Any, at: datetime) -> None:
    """Show `revision` from now on; runs in the transaction of its approval.

    One row changes, however many customers read: who may see it, each page asks anew. Where it
    corrects an error, the work of telling its readers is queued with it.

    Raises:
        FourEyesRefused: when the item was withdrawn meanwhile.
    """
    item = lock_row(Item, revision.item_id, "live", "topic")
    wrong = item.live
    try:
        item.move_to(ItemStatus.LIVE)
    except IllegalTransition as error:
        raise FourEyesRefused(_("This item was withdrawn. Begin another one.")) from error
    item.live = revision
    item.released_at = item.released_at or at
    item.save()
    index_words(item, revision)
    correction = None
    if revision.is_correction and wrong is not None:
        correction = Correction.objects.create(
            item=item,
            kind=CorrectionKind.CORRECTED,
            wrong=wrong,
            right=revision,
            note_zh=revision.note_zh,
            note_en=revision.note_en,
            made_by=checker,
            made_at=at,
        )
        tell_later(correction)
    record(
        ItemReleased(
            subject=item.ref,
            revision=revision.ref,
            number=revision.number,
            correction=correction.ref if correction else None,
        ),
        actor=Actor.of(checker),
        at=at,
    )
    transaction.on_commit(everybody.forget)


def index_words(item: Item, revision: Revision) -> None:
    """Make the released words of both languages findable."""
    names = [f"{one.code} {one.name_zh} {one.name_en}" for one in item.instruments.all()]
    parts = [item.topic.name_zh, item.topic.name_en, *names]
    for language in ("zh", "en"):
        parts += [getattr(revision, f"{name}_{language}") for name in ("title", "claim", "body")]
    words = " ".join(dict.fromkeys(words_of("\n".join(parts))))
    Item.objects.filter(pk=item.pk).update(search=SearchVector(Value(words), config="simple"))


def tell_later(correction: Correction) -> None:
    """Queue the work of telling readers, in the open transaction."""
    from content.tasks import tell_readers

    tell_readers.defer(correction=str(correction.ref))
