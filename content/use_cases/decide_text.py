"""The desk decides on a text that came in: work it up, or drop it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from content.events import TextDecided
from content.models import Item, RawItem, Topic
from content.states import ItemKind, RawStatus, Verdict
from content.use_cases.take_in import values_of

SHOWN_DAYS = 30
"""What a draft proposes; the signer changes it."""


class UnableToDecideText(Exception):
    """The decision is not possible; the message is translated."""


@transaction.atomic
def drop(*, raw: RawItem, officer: User, reason: str, at: datetime) -> RawItem:
    """Take a text off the desk, with the reason.

    Raises:
        UnableToDecideText: when no reason is given, or somebody has decided.
    """
    if not reason.strip():
        raise UnableToDecideText(_("Say why the text is dropped."))
    row = _locked(raw, RawStatus.DROPPED)
    row.reason = reason.strip()[:300]
    return _decided(row, officer, None, at)


@transaction.atomic
def work_up(*, raw: RawItem, kind: ItemKind, topic: Topic, officer: User, at: datetime) -> Item:
    """Begin an item from a text; for a fact check the text stands as the claim.

    The words are proposals: both languages carry the original until somebody rewrites them, and
    nothing is shown before a licensed person has signed and a second one released.

    Raises:
        UnableToDecideText: when somebody has decided.
    """
    row = _locked(raw, RawStatus.TAKEN)
    words = values_of(row)
    item = Item(
        kind=kind,
        raw=row,
        topic=topic,
        title_zh=words["title"],
        title_en=words["title"],
        body_zh=words["body"],
        body_en=words["body"],
        expires_on=business_date(at) + timedelta(days=SHOWN_DAYS),
        created_at=at,
    )
    if kind == ItemKind.CHECK:
        item.verdict = Verdict.UNVERIFIABLE
        item.claim_zh = item.claim_en = row.title
        item.evidence_zh = row.url or row.source.name_zh
        item.evidence_en = row.url or row.source.name_en or row.source.name_zh
    item.save()
    item.instruments.set(row.instruments.all())
    _decided(row, officer, item, at)
    return item


def _locked(raw: RawItem, status: RawStatus) -> RawItem:
    row = RawItem.objects.select_for_update(of=("self",)).select_related("source").get(pk=raw.pk)
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToDecideText(_("Somebody has decided this already.")) from error
    return row


def _decided(row: RawItem, officer: User, item: Item | None, at: datetime) -> RawItem:
    row.decided_by, row.decided_at = officer, at
    row.rank = row.find_rank()
    row.save()
    record(
        TextDecided(subject=row.ref, status=row.status, item=item.ref if item else None),
        actor=Actor.of(officer),
        at=at,
        reason=row.reason,
    )
    return row
