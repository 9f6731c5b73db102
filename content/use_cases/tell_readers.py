"""Tell everybody who read a wrong version, in portions; stopped anywhere, it goes on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.messaging import send
from brokerage.messaging.rules.text import LONGEST
from content.events import ReadersTold
from content.models import Correction, Read
from content.rules.shortening import shortened
from content.states import CorrectionKind

PORTION = 500
KINDS = {
    CorrectionKind.CORRECTED: "content.corrected",
    CorrectionKind.WITHDRAWN: "content.withdrawn",
}


def readers_of(correction: Correction) -> QuerySet[Read]:
    """Readings whose newest version is the wrong one or an earlier one."""
    rows = Read.objects.filter(
        item=correction.item_id, revision__number__lte=correction.wrong.number
    )
    return rows.order_by("pk")


def tell_readers(*, correction: UUID, at: datetime, portions: int | None = None) -> bool:
    """Tell readers, each once.

    Args:
        correction: its ref.
        at: the instant at which the messages are written.
        portions: so many transactions at most; None for all.

    Returns:
        Whether everybody was told.
    """
    done = False
    while not done and (portions is None or portions > 0):
        done = _portion(correction, at)
        portions = None if portions is None else portions - 1
    return done


@transaction.atomic
def _portion(ref: UUID, at: datetime) -> bool:
    """The next readers, and how far it got, in one transaction: a killed run repeats nothing."""
    rows = Correction.objects.select_for_update(of=("self",)).select_related("item", "wrong")
    correction = rows.get(ref=ref)
    if correction.finished_at is not None:
        return True
    waiting = readers_of(correction).filter(pk__gt=correction.cursor)
    reads = list(waiting.select_related("customer__user")[:PORTION])
    for read in reads:
        correction.told += _tell(correction, read, at)
    correction.readers += len(reads)
    if reads:
        correction.cursor = reads[-1].pk
    if len(reads) < PORTION:
        correction.finished_at = at
        record(
            ReadersTold(
                subject=correction.item.ref,
                correction=correction.ref,
                readers=correction.readers,
                told=correction.told,
            ),
            actor=Actor.system("content.corrections"),
            at=at,
        )
    correction.save()
    return correction.finished_at is not None


def _tell(correction: Correction, read: Read, at: datetime) -> bool:
    """Whether the message centre took it (not where a log-in is closed).

    A note may be longer than a message's value; the page behind the link has all of it.
    """
    kind = KINDS[CorrectionKind(correction.kind)]
    user = read.customer.user
    english = user is not None and user.language.startswith("en")
    wrong = correction.wrong
    sent = send(
        kind=kind,
        customer=read.customer,
        context={
            "title": wrong.title_en if english else wrong.title_zh,
            "note": shortened(correction.note_en if english else correction.note_zh, LONGEST),
            "link": correction.item.get_absolute_url(),
        },
        at=at,
        dedupe_key=f"{kind}:{correction.ref}:{read.customer.ref}",
    )
    return sent is not None
