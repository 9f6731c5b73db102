"""Blind second looks: drawn at random after a decision, answered without knowing it."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.counter.selectors import has_helped
from accounts.events import SecondLookTaken
from accounts.models import Application, BlindReview
from accounts.review.dated import routing_terms
from accounts.review.routing import THOUSAND
from accounts.review.states import BlindStatus
from accounts.states import DECIDED, Verdict
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


class UnableToLook(Exception):
    """The second look is refused; the message is translated and may be shown."""


def draw_second_look(
    *, application: Application, at: datetime, draw: int | None = None
) -> BlindReview | None:
    """Have some of the decided applications looked at again; once for each.

    Args:
        application: decided.
        at: the instant.
        draw: 0 to 999; drawn here by default. Below the rule's share it is chosen.
    """
    terms = routing_terms(business_date(at))
    drawn = secrets.randbelow(THOUSAND) if draw is None else draw
    if application.status not in DECIDED or drawn >= terms.blind:
        return None
    made, _new = BlindReview.objects.get_or_create(
        application=application,
        defaults={
            "outcome": application.recommendation,
            "by_rule": application.decided_by_id is None,
            "drawn_at": at,
            "first_id": application.recommended_by_id or application.claimed_by_id,
            "second_id": application.decided_by_id,
        },
    )
    return made


def answer_second_look(
    *, look: BlindReview, reviewer: User, verdict: Verdict, note: str, at: datetime
) -> BlindReview:
    """Say what one would have decided. The decision itself stays as it is.

    Args:
        look: locked here.
        reviewer: took no part in the decision, and is not the applicant.
        verdict: what they would have decided.
        note: why, for head office.
        at: the instant.

    Raises:
        UnableToLook: when somebody answered already, or the reviewer took part.
    """
    with transaction.atomic():
        row = lock_row(BlindReview, look.pk, "application")
        if row.status != BlindStatus.WAITING:
            raise UnableToLook(_("Somebody has looked already."))
        part = (row.first_id, row.second_id, row.application.applicant_id)
        if reviewer.pk in part or has_helped(row.application, reviewer):
            raise UnableToLook(_("Somebody who took no part has to look."))
        row.move_to(BlindStatus.ANSWERED)
        row.reviewer, row.verdict, row.note = reviewer, verdict, note.strip()
        row.answered_at, row.agrees = at, verdict == row.outcome
        row.save()
        record(
            SecondLookTaken(subject=row.ref, agrees=row.agrees),
            actor=Actor.of(reviewer),
            at=at,
        )
        return row
