"""Switch a log-in off or on again; off acts with the next request."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users import sessions
from brokerage.users.events import SwitchedOff, SwitchedOn
from brokerage.users.models import User


def switch_log_in(*, user: User, on: bool, by: User, at: datetime, reason: str) -> None:
    """Set whether `user` may sign in; switching off ends all sessions. Twice is harmless."""
    with transaction.atomic():
        locked = lock_row(User, user.pk)
        if locked.is_active == on:
            return
        locked.is_active = on
        locked.save(update_fields=["is_active"])
        if not on:
            sessions.end_all(locked)
        event = SwitchedOn(subject=user.ref) if on else SwitchedOff(subject=user.ref)
        record(event, actor=Actor.of(by), at=at, reason=reason)
