"""Journal that password tries for a log-in were stopped, once an hour at most."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.events import SignInBlocked
from brokerage.users.models import User


def note_password_block(*, email: str, at: datetime) -> None:
    """Write one entry for the log-in with this e-mail, unless there is a recent one."""
    user = User.objects.filter(email=email.lower()).first() if email else None
    if user is None or not cache.add(f"users.blocked:{user.ref}", True, timeout=3600):
        return
    with transaction.atomic():
        event = SignInBlocked(subject=user.ref, bound="password")
        record(event, actor=Actor.system("users.sign_in"), at=at)
