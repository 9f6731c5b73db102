"""Looking at personal data in plain text: with a purpose, on record, noticed when it is much."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.backoffice.events import BulkLookNoticed, PersonalDataRevealed
from brokerage.backoffice.models import Reveal
from brokerage.core.logs import scrub
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

WINDOW = timedelta(hours=1)
NOTICED = 20
"""So many looks within the window tell compliance."""
MOST = 60
"""No more looks within the window."""


class UnableToReveal(Exception):
    """The value is not shown; the message is translated."""


def reveal(*, row: Any, field: str, user: Any, purpose: str, reason: str, at: datetime) -> str:
    """The value of an encrypted field in plain text; who looked and why goes on record first.

    Args:
        row: that the user may see; the caller took it from `scope.visible`.
        field: name of the encrypted field.
        user: who looks.
        purpose: a value of models.Purpose.
        reason: in the user's words; numbers that look personal are blanked out.

    Raises:
        UnableToReveal: after MOST looks within an hour.
    """
    label = row._meta.label_lower
    with transaction.atomic():
        # one look of a person at a time, so that none slips past the limit
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        looks = Reveal.objects.filter(user_ref=user.ref, at__gt=at - WINDOW).count() + 1
        if looks <= MOST:
            Reveal.objects.create(
                at=at,
                user_ref=user.ref,
                subject_type=label,
                subject_ref=row.ref,
                field=field,
                purpose=purpose,
                reason=scrub(reason),
            )
            record(
                PersonalDataRevealed(
                    subject=row.ref, subject_type=label, field=field, purpose=purpose
                ),
                actor=Actor.of(user),
                at=at,
                reason=reason,
            )
        if looks in (NOTICED, MOST + 1):
            record(
                BulkLookNoticed(
                    subject=user.ref, looks=looks, within_minutes=WINDOW.seconds // 60
                ),
                actor=Actor.system("backoffice.reveals"),
                at=at,
            )
    if looks > MOST:
        raise UnableToReveal(
            _("That is many looks within an hour. Compliance knows; try again later.")
        )
    return str(getattr(row, field) or "")
