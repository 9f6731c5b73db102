"""End sessions: one of one's own, or all of them at once."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users import sessions
from brokerage.users.events import SessionEnded, SignedOutEverywhere
from brokerage.users.models import User
from brokerage.users.selectors import session_name


def end_session(*, user: User, name: str, at: datetime) -> bool:
    """End the session of `user` that their list calls `name`.

    Returns:
        Whether there was one.
    """
    with transaction.atomic():
        for session in UserSession.objects.select_for_update().filter(user=user):
            if session_name(session.session_key) == name:
                session.end()
                record(SessionEnded(subject=user.ref), actor=Actor.of(user), at=at)
                return True
    return False


def sign_out_everywhere(
    *, user: User, at: datetime, actor: Actor | None = None, reason: str = ""
) -> None:
    """End every session of `user`, the present one included.

    Args:
        user: whose sessions.
        at: now.
        actor: who does it, where it is not the owner.
        reason: why, where it is not the owner.
    """
    with transaction.atomic():
        locked = lock_row(User, user.pk)
        sessions.end_all(locked)
        event = SignedOutEverywhere(subject=user.ref)
        record(event, actor=actor or Actor.of(user), at=at, reason=reason)
