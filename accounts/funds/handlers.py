"""What follows when a customer is asked about their money."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.funds.events import FundsAsked
from accounts.use_cases.writing import find_with_person
from brokerage.messaging import send


def tell(event: FundsAsked, entry: Any) -> None:
    """Write to the customer in neutral words; a second delivery writes nothing."""
    application = find_with_person(event.application)
    send(
        kind=event.kind,
        customer=application.customer,
        context={
            "link": reverse("accounts:funds", args=[application.ref]),
            "due_on": event.due_on,
        },
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )
