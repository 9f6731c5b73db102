"""Tell an institution that something changed: one more line of its feed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from partners.models import Partner, PartnerEvent, WebhookDelivery, WebhookEndpoint
from partners.states import EventKind

NUMBER = """
UPDATE partners_partner SET events_told = events_told + 1 WHERE id = %s RETURNING events_told
"""
SEND = """
INSERT INTO partners_webhookdelivery
    (endpoint_id, event_id, object_ref, number, state, attempts, next_at)
SELECT w.id, e.id, e.object_ref, e.number, 'pending', 0, %(at)s
FROM partners_partnerevent e JOIN partners_webhookendpoint w ON w.partner_id = e.partner_id
WHERE e.id = %(event)s AND w.partner_id = %(partner)s AND w.status <> 'removed'
    AND (w.kinds = '{}' OR %(kind)s = ANY(w.kinds))
ORDER BY w.id
RETURNING (SELECT ref FROM partners_webhookendpoint WHERE id = endpoint_id)
"""
"""Puts an event on its way to the endpoints that want it, and names them."""


def publish(
    *, partner: Partner, kind: EventKind, ref: UUID, version: int, at: datetime
) -> PartnerEvent:
    """Add an event, in the transaction of the change itself; the second time it adds nothing.

    The number is drawn under a lock that lasts to the end of the transaction, so that numbers
    have no gaps and whoever reads up to a number has missed none below it. Call it last.
    """
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    same = PartnerEvent.objects.filter(
        partner=partner, kind=kind, object_ref=ref, object_version=version
    )
    if (found := same.first()) is not None:
        return found
    return _told(partner, kind, ref, version, at)


def ping(*, endpoint: WebhookEndpoint, at: datetime) -> PartnerEvent:
    """Add a test, which goes to one endpoint alone whatever kinds it wants; call it last.

    It is an object of its own, so that it waits for no earlier event.
    """
    ref = uuid4()
    event = _numbered(endpoint.partner, EventKind.WEBHOOK_PING, ref, 1, at)
    WebhookDelivery.objects.create(
        endpoint=endpoint, event=event, object_ref=ref, number=event.number, next_at=at
    )
    wake(endpoint.ref)
    return event


def announce(*, partner: Partner, kind: EventKind, ref: UUID, at: datetime) -> PartnerEvent:
    """As `publish`, of an object that the same transaction has made: nobody was told of it yet."""
    return _told(partner, kind, ref, 1, at)


def _told(
    partner: Partner, kind: EventKind, ref: UUID, version: int, at: datetime
) -> PartnerEvent:
    event = _numbered(partner, kind, ref, version, at)
    with connection.cursor() as cursor:
        cursor.execute(SEND, {"event": event.pk, "partner": partner.pk, "kind": kind, "at": at})
        endpoints = cursor.fetchall()
    for (endpoint,) in endpoints:
        wake(endpoint)
    return event


def _numbered(
    partner: Partner, kind: EventKind, ref: UUID, version: int, at: datetime
) -> PartnerEvent:
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, [partner.pk])
        (number,) = cursor.fetchone()
    event = PartnerEvent(
        partner=partner,
        number=number,
        kind=kind,
        object_ref=ref,
        object_version=version,
        occurred_at=at,
    )
    event.save(force_insert=True)
    return event


def wake(endpoint: UUID) -> None:
    """Have the worker look at one endpoint soon; one run at a time for each."""
    from partners.tasks import deliver_webhooks

    deliver_webhooks.configure(lock=f"partners.webhooks:{endpoint}").defer(endpoint=str(endpoint))
