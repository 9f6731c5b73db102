"""What follows when something happened to the document of an account."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.events import AccountActivated
from accounts.evidence.events import EvidenceEvent
from accounts.life.events import AccountLimited, DocumentEnding, DocumentExpired
from accounts.models import Application
from accounts.use_cases.watch_document import take_in_document
from brokerage.messaging import send


def take_in(event: AccountActivated, entry: Any) -> None:
    """An account is active: from now on somebody watches its document."""
    take_in_document(application=Application.objects.get(ref=event.subject), at=entry.at)


def tell(event: EvidenceEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = Application.objects.select_related("customer__user").get(ref=event.subject)
    context: dict[str, Any] = {"link": reverse("accounts:renew", args=[application.ref])}
    if isinstance(event, DocumentEnding | DocumentExpired | AccountLimited):
        context["valid_to"] = event.valid_to
    send(
        kind=event.kind,
        customer=application.customer,
        context=context,
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )
