"""An institution keeps its webhook endpoints: added, given new secrets, enabled, removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from partners.events import (
    WebhookAdded,
    WebhookChanged,
    WebhookMoved,
    WebhookReplayed,
    WebhookSecretChanged,
    WebhookSecretShown,
)
from partners.models import Partner, WebhookEndpoint
from partners.models.webhooks import new_secret
from partners.rules.webhooks import BadAddress, checked_url
from partners.states import CHANGES, DeliveryState, EventKind, WebhookStatus
from partners.use_cases.publish import publish

MOST = 5
"""Endpoints of one institution: each event goes to each of them, so this protects the worker."""
OVERLAP = timedelta(days=1)
"""So long two secrets sign, as the Standard Webhooks specification advises for a rotation."""

AGAIN = """
INSERT INTO partners_webhookdelivery
    (endpoint_id, event_id, object_ref, number, state, attempts, next_at)
SELECT %(endpoint)s, id, object_ref, number, 'pending', 0, %(at)s
FROM partners_partnerevent
WHERE partner_id = %(partner)s AND number > %(after)s AND kind = ANY(%(kinds)s)
ORDER BY number
ON CONFLICT (endpoint_id, event_id) DO UPDATE
SET state = excluded.state, attempts = 0, next_at = excluded.next_at, delivered_at = NULL
"""
"""In one statement: a feed may be long, and none of it passes through here."""


class UnableToKeepWebhook(RefusedByField):
    """The endpoint cannot be kept so; `errors` gives the translated messages by field."""


@transaction.atomic
def add_webhook(
    *, partner: Partner, url: str, kinds: Sequence[str], actor: Actor, at: datetime
) -> WebhookEndpoint:
    """Let an address hear of events from now on.

    Args:
        url: https address in the open internet; where it leads is looked at on each delivery.
        kinds: values of states.EventKind; none for everything.

    Raises:
        UnableToKeepWebhook: naming the field.
    """
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    _refuse_bad_address(url)
    kept = WebhookEndpoint.objects.filter(partner=locked).exclude(status=WebhookStatus.REMOVED)
    if kept.filter(url=url).exists():
        raise UnableToKeepWebhook({"url": [_("This address is kept already.")]})
    if kept.count() >= MOST:
        raise UnableToKeepWebhook({"__all__": [_("There are as many endpoints as can be kept.")]})
    row = WebhookEndpoint.objects.create(
        partner=locked, url=url, kinds=sorted(set(kinds)), secret=new_secret(), created_at=at
    )
    record(WebhookAdded(subject=row.ref, partner=locked.ref), actor=actor, at=at)
    return row


@transaction.atomic
def change_webhook(
    *,
    endpoint: WebhookEndpoint,
    actor: Actor,
    at: datetime,
    url: str | None = None,
    kinds: Sequence[str] | None = None,
) -> WebhookEndpoint:
    """Another address, or other kinds of events from now on; what is not given stays.

    What waits goes to the new address, signed with the same secret.

    Raises:
        UnableToKeepWebhook: naming the field, or when it was removed.
    """
    row = _locked(endpoint)
    _refuse_removed(row)
    before = (row.url, row.kinds)
    if url is not None and url != row.url:
        _refuse_bad_address(url)
        row.url = url
    if kinds is not None:
        row.kinds = sorted(set(kinds))
    pairs = zip(("url", "kinds"), before, (row.url, row.kinds), strict=True)
    changed = [name for name, old, new in pairs if old != new]
    if not changed:
        return row
    row.version += 1
    try:
        with transaction.atomic():
            row.save(update_fields=[*changed, "version"])
    except IntegrityError:  # one_webhook_for_each_address
        raise UnableToKeepWebhook({"url": [_("This address is kept already.")]}) from None
    record(
        WebhookChanged(subject=row.ref, partner=row.partner.ref, changed=changed),
        actor=actor,
        at=at,
    )
    return row


@transaction.atomic
def change_secret(*, endpoint: WebhookEndpoint, actor: Actor, at: datetime) -> WebhookEndpoint:
    """Make a new secret; for a day both sign, so that nothing is lost while it is changed.

    Raises:
        UnableToKeepWebhook: while two secrets sign already, or it was removed.
    """
    row = _locked(endpoint)
    if row.status == WebhookStatus.REMOVED or len(row.signing_secrets(at)) > 1:
        raise UnableToKeepWebhook({"__all__": [_("Two secrets sign. Wait for a day.")]})
    row.former_secret, row.former_until = str(row.secret), at + OVERLAP
    row.secret = new_secret()
    row.version += 1
    row.save()
    record(WebhookSecretChanged(subject=row.ref, partner=row.partner.ref), actor=actor, at=at)
    return row


@transaction.atomic
def show_secret(*, endpoint: WebhookEndpoint, actor: Actor, at: datetime) -> str:
    """The secret that signs, for a person of the institution; that they saw it is journalled."""
    row = _locked(endpoint)
    record(WebhookSecretShown(subject=row.ref, partner=row.partner.ref), actor=actor, at=at)
    return str(row.secret)


@transaction.atomic
def set_webhook_status(
    *,
    endpoint: WebhookEndpoint,
    status: WebhookStatus,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> WebhookEndpoint:
    """Enable, pause, disable or remove an endpoint. What waits goes on when it is enabled again,
    and what was given up since it began to fail.

    Raises:
        UnableToKeepWebhook: when it cannot take that step.
    """
    row = _locked(endpoint)
    if not WebhookEndpoint.TRANSITIONS.allows(row.status, status):
        raise UnableToKeepWebhook({"__all__": [_("The endpoint cannot take that step.")]})
    row.move_to(status)
    row.version += 1
    began = row.failing_since
    if status in (WebhookStatus.ACTIVE, WebhookStatus.REMOVED):
        row.failing_since = None
    row.save(update_fields=["status", "version", "failing_since"])
    record(
        WebhookMoved(subject=row.ref, partner=row.partner.ref, status=row.status),
        actor=actor,
        at=at,
        reason=reason,
    )
    if status == WebhookStatus.ACTIVE:
        again = Q(state=DeliveryState.PENDING)
        if began is not None:
            again |= Q(state=DeliveryState.GIVEN_UP, next_at__gte=began)
        row.deliveries.filter(again).update(state=DeliveryState.PENDING, next_at=at, attempts=0)
    if status == WebhookStatus.DISABLED:
        publish(
            partner=row.partner,
            kind=EventKind.WEBHOOK_DISABLED,
            ref=row.ref,
            version=row.version,
            at=at,
        )
    return row


@transaction.atomic
def replay(*, endpoint: WebhookEndpoint, after: int, actor: Actor, at: datetime) -> int:
    """Put every event after number `after` on its way again, in order; returns how many.

    Events that the endpoint never got because it did not exist yet come too.

    Raises:
        UnableToKeepWebhook: when it was removed.
    """
    row = _locked(endpoint)
    _refuse_removed(row)
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"endpoint": row.pk, "partner": row.partner_id}
        given |= {"after": after, "at": at, "kinds": row.kinds or list(CHANGES)}
        cursor.execute(AGAIN, given)
        events = int(cursor.rowcount)
    record(
        WebhookReplayed(subject=row.ref, partner=row.partner.ref, after=after),
        actor=actor,
        at=at,
    )
    return events


def _refuse_bad_address(url: str) -> None:
    try:
        checked_url(url, plain_allowed=settings.SANDBOX)
    except BadAddress:
        text = _("Give an https address in the open internet, without user name and fragment.")
        raise UnableToKeepWebhook({"url": [text]}) from None


def _refuse_removed(row: WebhookEndpoint) -> None:
    if row.status == WebhookStatus.REMOVED:
        raise UnableToKeepWebhook({"__all__": [_("The endpoint cannot take that step.")]})


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """The row, which nobody else changes meanwhile; events may still be put on their way to it."""
    rows = WebhookEndpoint.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("partner").get(pk=endpoint.pk)
