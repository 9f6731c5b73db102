"""What follows when an account became active."""

from __future__ import annotations

from typing import Any

from accounts.events import AccountActivated
from accounts.models import Application
from accounts.use_cases.first_days import begin_first_days


def begin(event: AccountActivated, entry: Any) -> None:
    """An account is active: its first days begin."""
    begin_first_days(application=Application.objects.get(ref=event.subject), at=entry.at)
