"""Tell an institution that something changed: one more line of its feed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from partners.models import Partner, PartnerEvent, WebhookDelivery, WebhookEndpoint
from partners.states import EventKind, WebhookStatus


def publish(
    *, partner: Partner, kind: EventKind, ref: UUID, version: int, at: datetime
) -> PartnerEvent:
    """Add an event, in the transaction of the change itself; the second time it adds nothing.

    The number is drawn under a lock that lasts to the end of the transaction, so that numbers
    have no gaps and whoever reads up to a number has missed none below it. Call it last.
    """
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    same = PartnerEvent.objects.filter(
        partner=locked, kind=kind, object_ref=ref, object_version=version
    )
    if (found := same.first()) is not None:
        return found
    locked.events_told += 1
    locked.save(update_fields=["events_told"])
    event: PartnerEvent = PartnerEvent.objects.create(
        partner=locked,
        number=locked.events_told,
        kind=kind,
        object_ref=ref,
        object_version=version,
        occurred_at=at,
    )
    _send(event, at)
    return event


def _send(event: PartnerEvent, at: datetime) -> None:
    """Put the event on its way to the endpoints that want it, and wake the worker."""
    wanted = Q(kinds=[]) | Q(kinds__contains=[event.kind])
    kept = WebhookEndpoint.objects.filter(partner=event.partner)
    living = kept.exclude(status=WebhookStatus.REMOVED)
    for endpoint in living.filter(wanted).order_by("pk"):
        WebhookDelivery.objects.create(
            endpoint=endpoint,
            event=event,
            object_ref=event.object_ref,
            number=event.number,
            next_at=at,
        )
        wake(endpoint.ref)


def wake(endpoint: UUID) -> None:
    """Have the worker look at one endpoint soon; one run at a time for each."""
    from partners.tasks import deliver_webhooks

    deliver_webhooks.configure(lock=f"partners.webhooks:{endpoint}").defer(endpoint=str(endpoint))
