"""The delivery loop: hands entries to their subscribers, at least once, in order per object.

Each attempt is two transactions. The first claims the row: it counts the attempt and plans the
next one, so that a handler that kills the worker is counted too. The second marks the row
delivered, which locks it, and runs the handler: both commit or neither does.

Decisions:
- Rows that were never tried are claimed some at a time. Where a handler kills the worker, the
  others of its claim have lost an attempt and two seconds; each of them is claimed alone then.
- A later entry of an object waits while an earlier one of the same subscriber is pending, also
  through its pauses. Once that is given up (after ATTEMPTS) the later ones go on: one poisoned
  entry must not stop an object for ever. A replayed dead letter therefore comes late; handlers
  look at the object as it is now.
- Only subscribers that this process knows are tried. Rows of others stay pending and are counted
  (`metrics.orphaned`): during a rolling deployment the newer worker takes them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import BigIntegerField
from psycopg.pq import TransactionStatus

from brokerage.core import clock, context
from brokerage.core.written import Given, Written, any_of
from brokerage.journal import subscriptions
from brokerage.journal.events import event_class
from brokerage.journal.models import Delivery, DeliveryState, Entry

ATTEMPTS = 10  # with their pauses about 17 minutes
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=10)
TOGETHER = 20  # rows that one statement claims

log = logging.getLogger("brokerage.journal.delivery")

DUE = """
SELECT d.id, d.attempts FROM journal_delivery d
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
WHERE id = ANY(ARRAY(
  SELECT id FROM journal_delivery
  WHERE id = ANY(%(pks)s) AND state = 'pending'
    AND (next_attempt_at IS NULL OR next_attempt_at <= %(at)s::timestamptz)
  FOR UPDATE SKIP LOCKED))
RETURNING id, entry_id, state, attempts, subscriber
"""
# Tells whether a later entry of the object waits for the same subscriber.
# Waits for the lock: another worker may hold it for a moment to see that the row is claimed.
DELIVERED = """
UPDATE journal_delivery d
SET state = 'delivered', delivered_at = %(at)s, next_attempt_at = NULL, last_error = ''
{limits}
WHERE d.id = %(pk)s AND d.state = 'pending' AND d.attempts = %(attempts)s
RETURNING EXISTS (
  SELECT FROM journal_delivery later
  WHERE later.state = 'pending' AND later.subscriber = d.subscriber
    AND later.subject_ref = d.subject_ref AND later.subject_type = d.subject_type
    AND later.version > d.version)
"""
LIMITS = """FROM (SELECT set_config('lock_timeout', '5s', true),
  set_config('statement_timeout', '30s', true)) AS limits"""


class HiddenError(Exception):
    """A handler caught an error of the database and went on: nothing of it can be committed."""


_ENTRIES = Written(Entry.objects.filter(any_of("pk", Given("pks", ArrayField(BigIntegerField())))))


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
        for pks in _together(due):
            delivered += _deliver(pks, at)
        tried += len(due)
    return delivered


def deliver(pk: int, at: datetime) -> bool:
    """Try one delivery; a failure is written down and leaves no other trace.

    Returns:
        Whether it was delivered by this call.
    """
    return _deliver([pk], at) == 1


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


def _due(at: datetime, limit: int) -> list[tuple[int, int]]:
    """What is due, each with its attempts so far."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at, "limit": limit, "known": subscriptions.names()})
        return [(pk, attempts) for pk, attempts in cursor.fetchall()]


def _together(due: list[tuple[int, int]]) -> Iterator[list[int]]:
    """What is claimed by one statement: what is new, and alone what may have killed a worker."""
    new = [pk for pk, attempts in due if not attempts]
    yield from (new[start : start + TOGETHER] for start in range(0, len(new), TOGETHER))
    yield from ([pk] for pk, attempts in due if attempts)


def _deliver(pks: list[int], at: datetime) -> int:
    """Claim these rows and try what was claimed; how many were delivered."""
    claimed = _claim(pks, at)
    if not claimed:
        return 0
    entries = {entry.pk: entry for entry in _ENTRIES.load(pks=[row.entry_id for row in claimed])}
    return sum(_try(row, entries, at) for row in claimed)


def _claim(pks: list[int], at: datetime) -> list[Delivery]:
    """Count an attempt each; without what another worker has, is no longer due or is given up."""
    values: dict[str, Any] = {"pks": pks, "at": at, "most": ATTEMPTS, "pauses": PAUSES}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        found = sorted(cursor.fetchall())
    return [
        Delivery(pk=pk, entry_id=entry, attempts=attempts, subscriber=subscriber)
        for pk, entry, state, attempts, subscriber in found
        if state != DeliveryState.DEAD
    ]


def _try(row: Delivery, entries: Mapping[int, Entry], at: datetime) -> bool:
    try:
        with transaction.atomic():
            return _hand_over(row, entries[row.entry_id], at)
    except Exception as error:
        _fail(row, error)
        return False


def _hand_over(row: Delivery, entry: Entry, at: datetime) -> bool:
    """Mark a claimed row and run its handler, inside the caller's transaction."""
    limits = "" if connection.savepoint_ids else LIMITS  # not in the transaction of a test
    values: dict[str, Any] = {"pk": row.pk, "attempts": row.attempts, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(DELIVERED.format(limits=limits), values)
        marked = cursor.fetchone()
    if marked is None:  # another worker was quicker
        return False
    event = event_class(entry.kind).restore(subject=entry.subject_ref, payload=entry.payload)
    subscription = subscriptions.get(row.subscriber)
    if subscription.is_called_for(event, later=marked[0]):
        with context.entered(context.Origin(request_id=entry.request_id, channel="job")):
            subscription.handler()(event, entry)
    if connection.connection.info.transaction_status == TransactionStatus.INERROR:
        raise HiddenError  # the server would answer the commit by a rollback, without a word
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
