"""The owner of a step answers a customer, who reads it among the messages."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from branches.events import VoiceAnswered
from branches.models import Suggestion, Voice
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.messaging import send
from brokerage.users.models import User


class UnableToReply(Exception):
    """It was answered already; the message is translated."""


@transaction.atomic
def answer_voice(
    *,
    voice: Voice,
    officer: User,
    answer: str,
    at: datetime,
    suggestion: Suggestion | None = None,
) -> Voice:
    """Answer once, and perhaps note which suggestion the words support.

    Raises:
        UnableToReply: when it was answered already.
    """
    row = lock_row(Voice, voice.pk)
    if row.answered_at is not None:
        raise UnableToReply(_("Somebody has answered this already."))
    row.answer, row.answered_by, row.answered_at = answer.strip(), officer, at
    row.suggestion = suggestion
    row.save()
    record(
        VoiceAnswered(subject=row.ref, customer=row.customer.ref), actor=Actor.of(officer), at=at
    )
    send(
        kind="branches.voice_answered",
        customer=row.customer,
        context={"answer": row.answer},
        at=at,
        dedupe_key=f"voice:{row.ref}",
    )
    return row
