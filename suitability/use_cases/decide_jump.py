"""A supervisor looks at a class that rose shortly after a refusal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import scope
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.events import JumpDecided
from suitability.models import JumpReview
from suitability.states import JumpStatus


class UnableToDecideJump(Exception):
    """It is decided already, or nothing was noted; the message is translated."""


def decide_jump(
    *, review: JumpReview, decision: JumpStatus, note: str, officer: Any, at: datetime
) -> JumpReview:
    """Accept a jump, or have somebody talk with the customer first.

    Args:
        review: one that the officer may see; locked here.
        decision: ACCEPTED or TALK.
        note: why, for those who read it later.
        officer: the supervisor's log-in.
        at: the instant.

    Raises:
        UnableToDecideJump: when it is decided already, or the note is empty.
        Http404: when the officer cannot see it.
    """
    if not note.strip():
        raise UnableToDecideJump(_("Note why."))
    with transaction.atomic():
        rows = JumpReview.objects.select_for_update(of=("self",))
        locked = scope.visible_or_404(rows, officer, ref=review.ref)
        try:
            locked.move_to(decision)
        except IllegalTransition as error:
            raise UnableToDecideJump(_("Somebody has decided this already.")) from error
        locked.decided_by, locked.decided_at, locked.note = officer, at, note.strip()
        locked.save()
        record(
            JumpDecided(subject=locked.ref, decision=str(decision)),
            actor=Actor.of(officer),
            at=at,
            reason=note.strip(),
        )
    return locked
