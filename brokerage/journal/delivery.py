"""The delivery loop: hands entries to their subscribers, at least once, in order per object.

Each attempt is two transactions. The first claims the row: it counts the attempt and plans the
next one, so that a handler that kills the worker is counted too. The second runs the handler and
marks the row delivered: both commit or neither does.

Decisions:
- A later entry of an object waits while an earlier one of the same subscriber is pending, also
  through its pauses. Once that is given up (after ATTEMPTS) the later ones go on: one poisoned
  entry must not stop an object for ever. A replayed dead letter therefore comes late; handlers
  look at the object as it is now.
- Only subscribers that this process knows are tried. Rows of others stay pending and are counted
  (`metrics.orphaned`): during a rolling deployment the newer worker takes them.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from brokerage.core import clock, context
from brokerage.core.written import SOME_KEY, Written
from brokerage.journal import subscriptions
from brokerage.journal.events import event_class
from brokerage.journal.models import Delivery, DeliveryState

ATTEMPTS = 10  # with their pauses about 17 minutes
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=10)
LIMITS = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '30s'"

log = logging.getLogger("brokerage.journal.delivery")

DUE = """
SELECT d.id FROM journal_delivery d
WHERE d.state = 'pending' AND d.subscriber = ANY(%(known)s)
  AND (d.next_attempt_at IS NULL OR d.next_attempt_at <= %(at)s)
  AND NOT EXISTS (
    SELECT FROM journal_delivery earlier
    WHERE earlier.state = 'pending' AND earlier.subscriber = d.subscriber
      AND earlier.subject_ref = d.subject_ref AND earlier.subject_type = d.subject_type
      AND earlier.version < d.version)
ORDER BY d.id LIMIT %(limit)s
"""

# One statement, which counts an attempt or gives the row up where the last one killed its worker.
# Losing a claim in a crash of the database costs nothing, so its commit need not be waited for.
CLAIM = """
UPDATE journal_delivery SET
  attempts = least(attempts + 1, %(most)s),
  state = CASE WHEN attempts < %(most)s THEN state ELSE 'dead' END,
  last_error = CASE WHEN attempts < %(most)s OR last_error <> '' THEN last_error
    ELSE 'worker died' END,
  next_attempt_at = %(at)s::timestamptz + (%(pauses)s::interval[])[attempts + 1]
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
WHERE id = (
  SELECT id FROM journal_delivery
  WHERE id = %(pk)s AND state = 'pending'
    AND (next_attempt_at IS NULL OR next_attempt_at <= %(at)s::timestamptz)
  FOR UPDATE SKIP LOCKED)
RETURNING state, attempts, subscriber
"""
DELIVERED = """
UPDATE journal_delivery
SET state = 'delivered', delivered_at = %(at)s, next_attempt_at = NULL, last_error = ''
WHERE id = %(pk)s
"""
SOME_ATTEMPTS = 31_991


def _claimed(pk: int, attempts: int) -> Any:
    rows = Delivery.objects.select_for_update(of=["self"]).select_related("entry")
    return rows.filter(pk=pk, state=DeliveryState.PENDING, attempts=attempts)


_CLAIMED = Written(_claimed, pk=SOME_KEY, attempts=SOME_ATTEMPTS)


def deliver_pending(*, at: datetime | None = None, limit: int = 200) -> int:
    """Deliver what is due, also what handlers record meanwhile.

    Args:
        at: the instant that decides what is due; default now.
        limit: how many deliveries to try at most.

    Returns:
        How many were delivered.
    """
    tried = delivered = 0
    at = at or clock.now()
    while tried < limit and (due := _due(at, limit - tried)):
        for pk in due:
            delivered += deliver(pk, at)
        tried += len(due)
    return delivered


def deliver(pk: int, at: datetime) -> bool:
    """Try one delivery; a failure is written down and leaves no other trace.

    Returns:
        Whether it was delivered by this call.
    """
    row = _claim(pk, at)
    if row is None:
        return False
    try:
        with transaction.atomic():
            return _hand_over(row, at)
    except Exception as error:
        _fail(row, error)
        return False


def replay(*pks: int) -> int:
    """Try dead letters again, from the first attempt on.

    Args:
        pks: their ids; none means all.

    Returns:
        How many were put back.
    """
    dead = Delivery.objects.filter(state=DeliveryState.DEAD)
    if pks:
        dead = dead.filter(pk__in=pks)
    return dead.update(state=DeliveryState.PENDING, attempts=0, next_attempt_at=None)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, up to LONGEST_PAUSE."""
    return min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


PAUSES = [pause_after(attempt) for attempt in range(1, ATTEMPTS + 1)]


def _due(at: datetime, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at, "limit": limit, "known": subscriptions.names()})
        return [pk for (pk,) in cursor.fetchall()]


def _claim(pk: int, at: datetime) -> Delivery | None:
    """Count an attempt; None where another worker has the row or it is no longer due."""
    values: dict[str, Any] = {"pk": pk, "at": at, "most": ATTEMPTS, "pauses": PAUSES}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        found = cursor.fetchone()
    if found is None or found[0] == DeliveryState.DEAD:
        return None
    _state, attempts, subscriber = found
    return Delivery(pk=pk, attempts=attempts, subscriber=subscriber)


def _hand_over(claimed: Delivery, at: datetime) -> bool:
    """Run the handler and mark the row, inside the caller's transaction."""
    if not connection.savepoint_ids:  # not inside a test's transaction
        connection.cursor().execute(LIMITS)
    # Waits for the lock: another worker may hold it for a moment to see that it is claimed.
    row = _CLAIMED.first(pk=claimed.pk, attempts=claimed.attempts)
    if row is None:  # another worker was quicker
        return False
    entry = row.entry
    event = event_class(entry.kind).restore(subject=entry.subject_ref, payload=entry.payload)
    subscription = subscriptions.get(row.subscriber)
    if subscription.wants(event):  # a row from before the subscription wanted only some
        with context.entered(context.Origin(request_id=entry.request_id, channel="job")):
            subscription.handler()(event, entry)
    connection.cursor().execute(DELIVERED, {"pk": row.pk, "at": at})
    return True


def _fail(row: Delivery, error: Exception) -> None:
    """Write down why, without the exception's message: it may hold personal data."""
    given_up = row.attempts >= ATTEMPTS
    log.log(
        logging.ERROR if given_up else logging.WARNING,
        "delivery failed",
        exc_info=error,
        extra={"delivery": row.pk, "subscriber": row.subscriber, "attempts": row.attempts},
    )
    changes = {"last_error": _describe(error)}
    if given_up:
        changes["state"] = DeliveryState.DEAD
    Delivery.objects.filter(pk=row.pk, state=DeliveryState.PENDING, attempts=row.attempts).update(
        **changes
    )


def _describe(error: Exception) -> str:
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__} in {where}"[:300]
