"""Hand one delivery to its gateway: claimed by one worker, safe to repeat, bounded in time.

The claim is committed before the gateway is called, so no transaction waits for the outside. A
worker killed after the gateway's answer leaves a claim that runs out; whoever comes next sends
the same idempotency key, and the gateway answers with the text that it has already.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from procrastinate.exceptions import AlreadyEnqueued

from brokerage.core.locking import lock_row
from brokerage.customers.purposes import MARKETING as MARKETING_CONSENT
from brokerage.customers.selectors import has_consent_of_user
from brokerage.messaging.gateways import GatewayRefused, GatewayUnavailable, gateway_for
from brokerage.messaging.models import Delivery, Purpose
from brokerage.messaging.states import DeliveryStatus
from brokerage.messaging.texts import words

CLAIM = timedelta(seconds=30)
PAUSES = [timedelta(seconds=seconds) for seconds in (5, 15, 60, 120, 240)]
"""Between tries; the last one repeats until the text expires, so that an outage of the gateway
is caught up within five minutes of its end."""

SENT = """
UPDATE messaging_delivery
SET status = %(sent)s, sent_at = %(at)s, gateway_id = %(number)s, claimed_until = NULL
WHERE id = %(key)s AND status = %(queued)s
"""


def deliver(*, ref: UUID, at: datetime) -> Delivery | None:
    """One try. Returns the delivery, or None where another worker has it or it is not due."""
    delivery = _claim(ref, at)
    if delivery is None:
        return None
    if reason := _no_longer_wanted(delivery):
        return _end(delivery, DeliveryStatus.SUPPRESSED, at, reason)
    if at >= delivery.expires_at:
        return _end(delivery, DeliveryStatus.EXPIRED, at, "late")
    message = delivery.message
    assert message is not None, "codes are sent by `send_code` alone"
    text = words(
        message.text,
        channel=delivery.channel,
        language=message.language,
        values=message.values,
    )
    assert text is not None
    try:
        number = gateway_for(delivery.channel).send(
            address=delivery.address or "",
            title=text.title,
            body=text.body,
            key=delivery.ref,
            at=at,
        )
    except GatewayRefused as error:
        return _end(delivery, DeliveryStatus.FAILED, at, error.code)
    except GatewayUnavailable:
        return _later(delivery, at)
    return mark_sent(delivery, number=number, at=at)


def schedule_delivery(delivery: Delivery) -> None:
    """Enqueue the job of a delivery for its hour, in the lane of its purpose."""
    from brokerage.messaging.tasks import deliver_at_once, deliver_in_turn

    job = deliver_at_once if delivery.purpose == Purpose.SECURITY else deliver_in_turn
    try:
        with transaction.atomic():
            job.configure(
                schedule_at=delivery.due_at, queueing_lock=f"delivery:{delivery.ref}"
            ).defer(ref=str(delivery.ref))
    except AlreadyEnqueued:
        return  # it waits already


def overdue(at: datetime, *, limit: int = 500) -> list[Delivery]:
    """Deliveries that are due and that nobody works on: their job was lost or waits long."""
    rows = Delivery.objects.filter(_free(at), status=DeliveryStatus.QUEUED).exclude(
        purpose=Purpose.CODE
    )
    return list(rows.filter(due_at__lte=at - CLAIM).order_by("due_at")[:limit])


def mark_sent(delivery: Delivery, *, number: str, at: datetime) -> Delivery:
    """The gateway has it; one that ended meanwhile stays as it is."""
    with connection.cursor() as cursor:
        statuses = {"sent": DeliveryStatus.SENT, "queued": DeliveryStatus.QUEUED}
        cursor.execute(SENT, {**statuses, "at": at, "number": number, "key": delivery.pk})
        if not cursor.rowcount:
            return Delivery.objects.get(pk=delivery.pk)
    delivery.move_to(DeliveryStatus.SENT)
    delivery.sent_at, delivery.gateway_id, delivery.claimed_until = at, number, None
    return delivery


def _free(at: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lte=at)


def _claim(ref: UUID, at: datetime) -> Delivery | None:
    won = Delivery.objects.filter(
        _free(at), ref=ref, status=DeliveryStatus.QUEUED, due_at__lte=at
    ).update(claimed_until=at + CLAIM, attempts=F("attempts") + 1)
    if not won:
        return None
    return Delivery.objects.select_related("message__text", "message__user").get(ref=ref)


def _no_longer_wanted(delivery: Delivery) -> str:
    message = delivery.message
    if message is None:
        return "closed"
    if not message.user.is_active and delivery.purpose != Purpose.SECURITY:
        return "closed"
    if delivery.purpose == Purpose.MARKETING and not has_consent_of_user(
        message.user, MARKETING_CONSENT
    ):
        return "withdrawn"
    return ""


def _end(delivery: Delivery, status: str, at: datetime, reason: str) -> Delivery:
    with transaction.atomic():
        locked = lock_row(Delivery, delivery.pk)
        if locked.status == DeliveryStatus.QUEUED:
            locked.move_to(status)
            locked.ended_at, locked.reason, locked.claimed_until = at, reason, None
            locked.save()
    return locked


def _later(delivery: Delivery, at: datetime) -> Delivery:
    """Not now: the next try has its hour, and a job of its own."""
    with transaction.atomic():
        locked = lock_row(Delivery, delivery.pk)
        if locked.status == DeliveryStatus.QUEUED:
            locked.due_at = at + PAUSES[min(locked.attempts, len(PAUSES)) - 1]
            locked.claimed_until = None
            locked.save(update_fields=["due_at", "claimed_until"])
            schedule_delivery(locked)
    return locked
