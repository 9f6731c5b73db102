"""What follows when an account is about to rest, rests, or was woken."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.dormancy.events import AccountWoken, RestAnnounced
from accounts.evidence.events import EvidenceEvent
from accounts.models import Application
from brokerage.core import clock
from brokerage.messaging import send


def tell(event: EvidenceEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = Application.objects.select_related("customer__user").get(ref=event.subject)
    awake = isinstance(event, AccountWoken)
    link = application.get_absolute_url() if awake else _page(application)
    context: dict[str, Any] = {"link": link}
    if isinstance(event, RestAnnounced):
        context["rests_on"] = event.rests_on
    if isinstance(event, AccountWoken):
        context["opens_on"] = event.opens_on or clock.business_date(entry.at).isoformat()
    send(
        kind=event.kind,
        customer=application.customer,
        context=context,
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def _page(application: Application) -> str:
    return reverse("accounts:wake", args=[application.ref])
