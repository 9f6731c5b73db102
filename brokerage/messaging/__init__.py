"""One message centre: every text to a person leaves through `messaging.send`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from brokerage.customers.models import Customer
    from brokerage.messaging.models import Message
    from brokerage.users.models import User


def send(
    *,
    kind: str,
    context: dict[str, Any],
    at: datetime,
    dedupe_key: str,
    customer: Customer | None = None,
    user: User | None = None,
) -> Message | None:
    """Tell a person something; see `use_cases.send_message`."""
    from brokerage.messaging.use_cases.send_message import send_message

    return send_message(
        kind=kind, context=context, at=at, dedupe_key=dedupe_key, customer=customer, user=user
    )
