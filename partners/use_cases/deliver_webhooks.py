"""Carry events to webhook endpoints: at least once, in order per object, with growing pauses.

A try is three steps: the row is claimed (its next try is planned, so that a worker that dies is
survived), the request is made without any lock, and the outcome is noted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction

from brokerage.core import clock
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from partners.gateways import Answer, NotSent
from partners.gateways import post as real_post
from partners.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from partners.notices import Ended, tell_of_disabled, tell_of_failing
from partners.rules.webhooks import (
    GONE,
    MOST_TRIES,
    PATIENCE,
    WARNED_AFTER,
    pause_after,
    signed,
)
from partners.states import DeliveryState, WebhookStatus
from partners.use_cases.publish import wake
from partners.use_cases.webhooks import set_webhook_status

REASONS = {
    Ended.FAILED: f"nothing was taken for {PATIENCE // timedelta(hours=1)} hours",
    Ended.GONE: "410: the receiver wants no more",
}
"""As the journal keeps them."""
LEASE = timedelta(minutes=2)
AT_ONCE = 200
TURN = timedelta(seconds=30)
"""One run for one endpoint makes so many deliveries or takes so long, then waits in line for its
next: a receiver that takes everything slowly keeps no worker from the others."""


class Post(Protocol):
    """Makes one POST; raises NotSent."""

    def __call__(self, url: str, *, body: bytes, headers: dict[str, str]) -> Answer: ...


def deliver_to(
    *, endpoint: UUID, now: Callable[[], datetime] = clock.now, post: Post = real_post
) -> int:
    """Deliver what is due to one endpoint; stops at the first failure, so that a receiver that
    is down costs one wait and not one for each event.

    Returns:
        How many were delivered.
    """
    end = now() + TURN
    for done in range(AT_ONCE):
        if now() >= end:
            wake(endpoint)
            return done
        delivery = _claim(endpoint, now())
        if delivery is None or not _try(delivery, now, post):
            return done
    wake(endpoint)
    return AT_ONCE


def endpoints_with_due(at: datetime) -> list[UUID]:
    """Endpoints that have something to hear now."""
    rows = WebhookDelivery.objects.due(at).order_by("endpoint")
    return list(rows.values_list("endpoint__ref", flat=True).distinct())


def body_of(delivery: WebhookDelivery) -> bytes:
    """What is sent: thin, so that an old copy tells nothing that is closed by now."""
    event = delivery.event
    content = {
        "type": event.kind,
        "timestamp": event.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "ref": str(event.ref),
            "number": event.number,
            "object": str(event.object_ref),
            "version": event.object_version,
        },
    }
    return json.dumps(content, separators=(",", ":")).encode()


@transaction.atomic
def _claim(endpoint: UUID, at: datetime) -> WebhookDelivery | None:
    rows = WebhookDelivery.objects.due(at).filter(endpoint__ref=endpoint)
    rows = rows.select_for_update(of=("self",), skip_locked=True).select_related(
        "endpoint", "event"
    )
    found: WebhookDelivery | None = rows.order_by("number").first()
    if found is not None:
        found.attempts += 1
        found.next_at = at + LEASE
        found.save(update_fields=["attempts", "next_at"])
    return found


def _try(delivery: WebhookDelivery, now: Callable[[], datetime], post: Post) -> bool:
    at, body = now(), body_of(delivery)
    endpoint = delivery.endpoint
    headers = signed(
        ref=str(delivery.event.ref), body=body, at=at, secrets=endpoint.signing_secrets(at)
    )
    headers |= {"content-type": "application/json", "user-agent": "partner-webhooks/1"}
    attempt = WebhookAttempt(delivery=delivery, at=at)
    try:
        answer = post(endpoint.url, body=body, headers=headers)
    except NotSent as error:
        attempt.failure, attempt.milliseconds = error.failure, error.milliseconds
        taken = False
    else:
        attempt.status, attempt.milliseconds = answer.status, answer.milliseconds
        taken = answer.taken
    _note(delivery, attempt, taken, now())
    return taken


@transaction.atomic
def _note(delivery: WebhookDelivery, attempt: WebhookAttempt, taken: bool, at: datetime) -> None:
    # Whoever writes an event holds the institution and wants the key of the endpoint: no_key, or
    # that one and the telling of a disabled endpoint below wait for each other.
    rows = WebhookEndpoint.objects.select_for_update(no_key=True)
    endpoint = rows.get(pk=delivery.endpoint_id)
    row = lock_row(WebhookDelivery, delivery.pk)
    attempt.save()
    if taken:
        row.state, row.delivered_at = DeliveryState.DELIVERED, at
        endpoint.failing_since = None
    else:
        endpoint.failing_since = endpoint.failing_since or at
        # A replay or an enabling meanwhile set the tries to none; this one was made all the same.
        pause = pause_after(max(row.attempts, 1))
        row.next_at = at + (pause or timedelta())
    if not taken and row.attempts >= MOST_TRIES:
        row.state = DeliveryState.GIVEN_UP
    row.save(update_fields=["state", "delivered_at", "next_at"])
    endpoint.save(update_fields=["failing_since"])
    if not taken and endpoint.status == WebhookStatus.ACTIVE:
        _failed(endpoint, row, attempt, at)


def _failed(
    endpoint: WebhookEndpoint, row: WebhookDelivery, attempt: WebhookAttempt, at: datetime
) -> None:
    """Disable an endpoint that wants no more or has taken nothing for long; warn of it before.

    One event that a receiver cannot digest is given up alone, while others get through.
    """
    assert endpoint.failing_since is not None  # set by the failure
    failing = at - endpoint.failing_since
    if attempt.status == GONE:
        _disable(endpoint, Ended.GONE, at)
    elif row.state == DeliveryState.GIVEN_UP and failing >= PATIENCE:
        _disable(endpoint, Ended.FAILED, at)
    elif failing >= WARNED_AFTER:
        tell_of_failing(endpoint=endpoint, at=at)


def _disable(endpoint: WebhookEndpoint, ended: Ended, at: datetime) -> None:
    """Send nothing more there, and tell so; what waits goes on when it is enabled again."""
    disabled = set_webhook_status(
        endpoint=endpoint,
        status=WebhookStatus.DISABLED,
        actor=Actor.system("partners.deliver_webhooks"),
        at=at,
        reason=REASONS[ended],
    )
    tell_of_disabled(endpoint=disabled, ended=ended, at=at)
