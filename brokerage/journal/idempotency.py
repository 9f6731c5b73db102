"""Equal requests have one effect: the key, the effect and the reply commit together.

While the first request works, its uncommitted key row holds back the others: they wait up to
WAIT and then are told to come back. A killed worker leaves nothing behind, because its
transaction ends with it; a worker that hangs loses its connection after LEASE.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from brokerage.journal.models import IdempotencyKey

WAIT = timedelta(seconds=3)
LEASE = timedelta(seconds=30)
KEPT = timedelta(days=7)

IMPATIENT = """
SELECT usual, set_config('lock_timeout', %s, true)
FROM (SELECT current_setting('lock_timeout') AS usual OFFSET 0) AS before
"""
IMPATIENT_AND_LEASED = IMPATIENT.replace(
    "\nFROM", ", set_config('transaction_timeout', %s, true)\nFROM"
)
TAKE = """
INSERT INTO journal_idempotencykey (ref, caller, key, fingerprint, created_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT (caller, key) DO NOTHING RETURNING id
"""
"""Waits for an equal request that has not committed yet; nothing comes back where there is one."""


@dataclass(frozen=True)
class Reply:
    """What a caller was told.

    Attributes:
        status: HTTP status; a reply of 500 or more is not kept and undoes the effect.
        body: what JSON can hold.
        headers: further headers of the reply.
        replayed: whether this is the stored reply of an earlier request.
    """

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


class KeyReused(Exception):
    """The key was used for another request."""

    def __str__(self) -> str:
        return _("This idempotency key was used for another request. Use a new key.")


class InProgress(Exception):
    """An equal request is still at work.

    Attributes:
        retry_after: seconds after which to ask again.
    """

    retry_after = 2

    def __str__(self) -> str:
        return _("An equal request is still being worked on. Try again shortly.")


def fingerprint(*parts: str | bytes) -> str:
    """A hash over the parts that make a request what it is: method, route, body."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8) + raw)
    return total.hexdigest()


def run_once(
    *, caller: str, key: str, fingerprint: str, at: datetime, effect: Callable[[], Reply]
) -> Reply:
    """Run `effect` unless this caller's request with this key already had its effect.

    Args:
        caller: who asks, by ref, such as "client:<ref>"; keys of others do not matter.
        key: the caller's key (up to 255 characters).
        fingerprint: hash of the request (see `fingerprint`).
        at: now.
        effect: does the work and says what to reply; what it raises undoes everything.

    Raises:
        KeyReused: when the key belongs to a request with another fingerprint.
        InProgress: when an equal request is still at work.
    """
    with transaction.atomic():
        row, first = _take(caller, key, fingerprint, at)
        if row.fingerprint != fingerprint:
            raise KeyReused
        if not first:
            return replace(Reply(**json.loads(row.reply or "{}")), replayed=True)
        reply = effect()
        if reply.status >= 500:
            transaction.set_rollback(True)
            return reply
        row.reply = json.dumps(
            {"status": reply.status, "body": reply.body, "headers": reply.headers}
        )
        row.save(update_fields=["reply"])
    return reply


def purge(*, at: datetime) -> int:
    """Forget keys older than KEPT; returns how many."""
    gone, _by_model = IdempotencyKey.objects.filter(created_at__lt=at - KEPT).delete()
    return gone


def _take(caller: str, key: str, fingerprint: str, at: datetime) -> tuple[IdempotencyKey, bool]:
    """The key's row, and whether this call made it; waits for an equal request at work."""
    version: int = connection.pg_version  # type: ignore[attr-defined]  # of PostgreSQL
    whole = not connection.savepoint_ids and version >= 170_000
    row = IdempotencyKey(caller=caller, key=key, fingerprint=fingerprint, created_at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            IMPATIENT_AND_LEASED if whole else IMPATIENT, [_ms(WAIT), _ms(LEASE)][: 1 + whole]
        )
        (usual, *_rest) = cursor.fetchone()
        try:
            cursor.execute(TAKE, [row.ref, caller, key, fingerprint, at])
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise InProgress from None
            raise
        made = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
    if made is None:
        return IdempotencyKey.objects.get(caller=caller, key=key), False
    (row.pk,) = made
    row._state.adding, row._state.db = False, connection.alias
    return row, True


def _ms(span: timedelta) -> str:
    return f"{span // timedelta(milliseconds=1)}ms"
