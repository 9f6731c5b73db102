"""A person says how they want to be told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.messaging.events import PreferenceChanged
from brokerage.messaging.models import Preference
from brokerage.users.models import User

FIELDS = ("service_sms", "service_email", "marketing_sms", "quiet_from", "quiet_to")


def set_preference(*, wanted: Preference, user: User, at: datetime) -> None:
    """Keep `wanted` as the preference of `user`, with the fields before and after."""
    with transaction.atomic():
        lock_row(User, user.pk)
        before = Preference.objects.filter(user=user).first() or Preference(user=user)
        changed = [name for name in FIELDS if getattr(before, name) != getattr(wanted, name)]
        if not changed:
            return
        Preference.objects.update_or_create(
            user=user, defaults={name: getattr(wanted, name) for name in FIELDS}
        )
        record(
            PreferenceChanged(subject=user.ref, fields=tuple(changed)),
            actor=Actor.of(user),
            at=at,
            before={name: _plain(getattr(before, name)) for name in changed},
            after={name: _plain(getattr(wanted, name)) for name in changed},
        )


def _plain(value: object) -> bool | str:
    return value if isinstance(value, bool) else str(value)
