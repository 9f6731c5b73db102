"""What follows when an account became active."""

from __future__ import annotations

from typing import Any

from accounts.events import AccountActivated
from accounts.use_cases.credit_opening import credit_opening
from accounts.use_cases.writing import find


def credit(event: AccountActivated, entry: Any) -> None:
    """An account is active: whoever brought, helped and keeps is credited."""
    credit_opening(application=find(event.subject), at=entry.at)
