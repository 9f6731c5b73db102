"""What follows when something happened to an application."""

from __future__ import annotations

from typing import Any

from accounts.events import ApplicationEvent, ApplicationResubmitted, ApplicationSubmitted
from accounts.models import Application
from brokerage.messaging import send


def tell_customer(event: ApplicationEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = Application.objects.select_related("customer__user").get(ref=event.subject)
    context = {"link": application.get_absolute_url()}
    if isinstance(event, ApplicationSubmitted | ApplicationResubmitted):
        assert application.promised_at is not None
        context["promised_at"] = application.promised_at.isoformat()
    send(
        kind=event.kind,
        customer=application.customer,
        context=context,
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )
