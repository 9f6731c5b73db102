"""What our own people are told about institutions."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from brokerage.messaging import send
from partners.models import WebhookEndpoint


def tell_of_disabled(*, endpoint: WebhookEndpoint, at: datetime) -> None:
    """Write to the manager of an institution that one of its webhooks was disabled."""
    partner = endpoint.partner
    if partner.manager is None:
        return
    send(
        kind="partners.webhook_disabled",
        user=partner.manager,
        context={
            "partner": partner.name_zh,
            "link": reverse("admin:partners_webhookendpoint_change", args=[endpoint.ref]),
        },
        at=at,
        dedupe_key=f"partners.webhook_disabled:{endpoint.ref}:{endpoint.version}",
    )
