"""What follows when an account became active."""

from __future__ import annotations

from typing import Any

from accounts.events import AccountActivated
from accounts.use_cases.first_days import begin_first_days
from accounts.use_cases.writing import find


def begin(event: AccountActivated, entry: Any) -> None:
    """An account is active: its first days begin."""
    begin_first_days(application=find(event.subject), at=entry.at)
