"""A licensed person signs the working text: it is frozen as a version and waits for another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from branches.models import Licence
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User
from content.dated import SIGNING
from content.events import ItemSigned
from content.models import Item, Revision
from content.states import ItemKind, ItemStatus


class UnableToSign(Exception):
    """The item cannot be signed; the message is translated."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a new version changes.

    Attributes:
        is_correction: an earlier version was wrong; its readers are told.
        note_zh, note_en: what changed, in both languages; needed for a correction.
    """

    is_correction: bool = False
    note_zh: str = ""
    note_en: str = ""


@transaction.atomic
def sign_item(*, item: Item, signer: User, change: Change = Change(), at: datetime) -> Revision:
    """Freeze the working text as a version of which `signer` answers for every word.

    Args:
        item: locked here.
        signer: holds a licence, valid today, that the dated rule asks for this kind.
        change: for a version after the first.
        at: the instant of the signature.

    Raises:
        UnableToSign: without such a licence, with a text that breaks a rule, with a PDF that is
            not checked, while another version waits, or for an item that was withdrawn.
    """
    row = lock_row(Item, item.pk)
    day = business_date(at)
    if row.is_over:
        raise UnableToSign(_("This item was withdrawn. Begin another one."))
    if Revision.objects.pending().filter(item=row).exists():
        raise UnableToSign(_("A version waits for its second person already."))
    if row.expires_on <= day:
        raise UnableToSign(_("Its last day has passed. Set a later one."))
    if row.kind == ItemKind.CHECK and not row.verdict:
        raise UnableToSign(_("A fact check needs a claim, a verdict and what it rests on."))
    if row.verdict and not row.evidence_en.strip():
        raise UnableToSign(_("Say in English too what the verdict rests on."))
    if change.is_correction and row.status != ItemStatus.LIVE:
        raise UnableToSign(_("Nobody has read it yet, so there is nothing to correct."))
    if change.is_correction and not (change.note_zh.strip() and change.note_en.strip()):
        raise UnableToSign(_("Say in both languages what was wrong."))
    if row.report and row.report.shown() is None:
        raise UnableToSign(_why_not_shown(row.report))
    rule = Rule.objects.in_force(SIGNING, day)
    licence = licence_of(signer, rule.figure[row.kind], at)
    if licence is None:
        raise UnableToSign(_("You hold no licence today that may sign this kind of item."))
    number = row.revisions.aggregate(newest=Max("number"))["newest"] or 0
    revision = Revision(
        **row.copied(),
        item=row,
        number=number + 1,
        signer=signer,
        licence=licence,
        licence_number=licence.number,
        rule_version=rule.version,
        is_correction=change.is_correction,
        note_zh=change.note_zh.strip(),
        note_en=change.note_en.strip(),
        made_by_ref=signer.ref,
        made_at=at,
    )
    try:
        revision.full_clean()
    except ValidationError as error:
        raise UnableToSign(" ".join(error.messages)) from error
    revision.save()
    record(
        ItemSigned(
            subject=row.ref, revision=revision.ref, number=revision.number, licence=licence.ref
        ),
        actor=Actor.of(signer),
        at=at,
        rule_version=rule.version,
    )
    return revision


def _why_not_shown(report: files.StoredFile) -> str:
    if report.refusal:
        return str(files.MESSAGES[report.refusal])
    return _("The PDF is being checked. Sign in a moment.")


def licence_of(signer: User, kinds: list[str], at: datetime) -> Licence | None:
    """The licence of `signer` that is valid at `at` and of one of `kinds`, in their order."""
    rows = Licence.objects.on(business_date(at)).filter(user=signer, kind__code__in=kinds)
    held = {licence.kind.code: licence for licence in rows.select_related("kind")}
    return next((held[code] for code in kinds if code in held), None)
