"""Place a legal hold, and ask for its release. Approval goes the way of all four-eyed rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext

from brokerage.core.locking import lock_row
from brokerage.reference.models import HoldRelease, LegalHold


class HoldRefused(Exception):
    """The hold or its release makes no sense; the message is translated."""


def lock_holds() -> None:
    """Make disposal and the placing of holds take turns; ends with the transaction.

    Otherwise a hold could be confirmed to somebody while a batch that had not seen it goes on.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('reference.holds', 0))")


@transaction.atomic
def place_hold(
    *, subject_type: str, subject_ref: UUID, reason: str, by: UUID, at: datetime
) -> LegalHold:
    """Keep a subject from disposal from now on; a second person confirms or rejects it.

    Args:
        subject_type: such as "customers.customer".
        subject_ref: its public ref.
        reason: file number of the court or investigation; no personal data.
        by: ref of the person's log-in.
        at: the present instant.

    Raises:
        HoldRefused: when no reason is given.
    """
    if not reason.strip():
        raise HoldRefused(gettext("Say which file or order asks for the hold."))
    lock_holds()
    return LegalHold.objects.create(
        subject_type=subject_type,
        subject_ref=subject_ref,
        reason=reason.strip(),
        made_by_ref=by,
        made_at=at,
    )


@transaction.atomic
def ask_release(*, hold: LegalHold, reason: str, by: UUID, at: datetime) -> HoldRelease:
    """Ask for the end of a hold; it ends when a second person approves.

    Raises:
        HoldRefused: when no reason is given, or a release waits or was approved already.
    """
    if not reason.strip():
        raise HoldRefused(gettext("Say why the hold may end."))
    lock_row(LegalHold, hold.pk)
    if hold.releases.exclude(decision="rejected").exists():
        raise HoldRefused(gettext("Somebody has asked for this release already."))
    return HoldRelease.objects.create(hold=hold, reason=reason.strip(), made_by_ref=by, made_at=at)
