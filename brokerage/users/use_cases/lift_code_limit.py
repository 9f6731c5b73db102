"""Let somebody have codes again whose number strangers have used up (hotline, outlet)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.events import CodeLimitLifted
from brokerage.users.models import User


def lift_code_limit(*, user: User, by: User, at: datetime, reason: str) -> None:
    """From now on the codes sent before `at` count no longer for this number."""
    with transaction.atomic():
        locked = lock_row(User, user.pk)
        locked.codes_counted_from = at
        locked.save(update_fields=["codes_counted_from"])
        record(CodeLimitLifted(subject=user.ref), actor=Actor.of(by), at=at, reason=reason)
