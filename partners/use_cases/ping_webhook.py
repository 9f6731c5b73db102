"""An institution tries out its receiver: a test, signed and logged as every event."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from partners.events import WebhookPinged
from partners.models import Partner, PartnerEvent, WebhookEndpoint
from partners.states import EventKind, WebhookStatus
from partners.use_cases.publish import ping
from partners.use_cases.webhooks import UnableToKeepWebhook

AT_MOST, WITHIN = 5, timedelta(minutes=1)
"""So many tests of one endpoint: they protect the receiver from us, and the feed from noise."""


class PingedTooOften(UnableToKeepWebhook):
    """Wait for `WITHIN`, then test again."""


@transaction.atomic
def ping_webhook(*, endpoint: WebhookEndpoint, actor: Actor, at: datetime) -> PartnerEvent:
    """Send a test to one active endpoint; how it went stands in the log of its deliveries.

    Raises:
        PingedTooOften: after AT_MOST tests WITHIN the time.
        UnableToKeepWebhook: when nothing is sent there at the moment.
    """
    Partner.objects.select_for_update(no_key=True).get(pk=endpoint.partner_id)
    row = WebhookEndpoint.objects.select_related("partner").get(pk=endpoint.pk)
    if row.status != WebhookStatus.ACTIVE:
        text = _("Nothing is sent there at the moment. Enable the endpoint first.")
        raise UnableToKeepWebhook({"__all__": [text]})
    lately = PartnerEvent.objects.filter(
        deliveries__endpoint=row, kind=EventKind.WEBHOOK_PING, occurred_at__gt=at - WITHIN
    )
    if lately.count() >= AT_MOST:
        raise PingedTooOften({"__all__": [_("Five tests a minute. Wait a moment.")]})
    record(WebhookPinged(subject=row.ref, partner=row.partner.ref), actor=actor, at=at)
    return ping(endpoint=row, at=at)
