"""The promise stands still with a reason that the customer reads, and goes on with the rest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import ReviewPaused, ReviewResumed
from accounts.models import Application, Pause
from accounts.review.states import PauseReason
from accounts.selectors import desk_minutes_left, promise_after
from accounts.states import Status
from accounts.use_cases.review import UnableToReview
from accounts.use_cases.writing import keep, lock
from brokerage.journal.actors import Actor
from brokerage.users.models import User


def pause_review(
    *, application: Application, officer: User, reason: PauseReason, at: datetime
) -> Application:
    """Stop the promise of a review.

    Args:
        application: in review by `officer`; locked here.
        officer: who reviews it.
        reason: told to the customer.
        at: the instant.

    Raises:
        UnableToReview: when it is not this officer's review, or it is on hold already.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status != Status.REVIEWING or row.claimed_by_id != officer.pk:
            raise UnableToReview(_("Take this application for review first."))
        if row.paused:
            raise UnableToReview(_("It is on hold already."))
        assert row.promised_at is not None
        Pause.objects.create(
            application=row,
            reason=reason,
            began_at=at,
            minutes_left=desk_minutes_left(at, row.promised_at),
        )
        row.paused = reason
        return keep(
            row, ReviewPaused, actor=Actor.of(officer), at=at, was=row.status, why=reason.value
        )


def resume_review(*, application: Application, officer: User, at: datetime) -> Application:
    """Let the promise run again: the desk minutes that were left count from now.

    Raises:
        UnableToReview: when it is not this officer's review, or it is not on hold.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status != Status.REVIEWING or row.claimed_by_id != officer.pk:
            raise UnableToReview(_("Take this application for review first."))
        if not row.paused:
            raise UnableToReview(_("It is not on hold."))
        pause = Pause.objects.select_for_update().get(application=row, ended_at=None)
        pause.ended_at = at
        pause.save(update_fields=["ended_at"])
        row.promised_at = promise_after(at, pause.minutes_left)
        row.paused, row.hands_since = "", at  # the reviewer has the whole time again
        return keep(row, ReviewResumed, actor=Actor.of(officer), at=at, was=row.status)
