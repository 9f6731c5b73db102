"""A person chooses how much the home shows; it follows them to their other devices."""

from __future__ import annotations

from brokerage.users.models import User
from brokerage.users.models.user import ReadingMode


def choose_reading_mode(*, user: User, mode: ReadingMode) -> None:
    """Keep the mode on the log-in. A taste, no decision: it is not in the journal.

    Args:
        user: who chooses.
        mode: what they chose.
    """
    if user.reading_mode != mode:
        User.objects.filter(pk=user.pk).update(reading_mode=mode)
        user.reading_mode = mode
