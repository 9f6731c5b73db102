"""Events and actors of the journal's own tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar
from unittest.mock import patch
from uuid import UUID

from django.db import connection, transaction

from brokerage.journal import seals
from brokerage.journal.actors import Actor
from brokerage.journal.events import Event
from brokerage.journal.models import Entry
from brokerage.journal.record import record
from brokerage.journal.seals import Horizon, Sealer

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai
SUBJECT = UUID("00000000-0000-4000-8000-000000000001")
OTHER = UUID("00000000-0000-4000-8000-000000000002")
OFFICER = Actor("user", UUID("00000000-0000-4000-8000-00000000000a"), "何屿")
SYSTEM = Actor.system("tests")


@dataclass(frozen=True, kw_only=True)
class ThingMoved(Event):
    kind: ClassVar[str] = "tests.thing_moved"
    subject_type: ClassVar[str] = "tests.thing"
    status: str


@dataclass(frozen=True, kw_only=True)
class ThingPriced(Event):
    kind: ClassVar[str] = "tests.thing_priced"
    subject_type: ClassVar[str] = "tests.thing"
    amount: Decimal
    on: date
    until: datetime | None = None
    outlets: tuple[UUID, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplyChanged(Event):
    kind: ClassVar[str] = "tests.reply_changed"
    subject_type: ClassVar[str] = "journal.idempotencykey"  # a model with an encrypted field


def moved(status: str = "open", subject: UUID = SUBJECT, at: datetime = AT) -> Entry:
    """Record one ThingMoved in a transaction of its own."""
    with transaction.atomic():
        return record(ThingMoved(subject=subject, status=status), actor=SYSTEM, at=at)


def seal_turn(sealer: Sealer, *, at: datetime = AT) -> int:
    """One turn of a sealer, once nothing of other tests stands in its way.

    Transaction numbers belong to the whole server: a test that runs beside this one on a database
    of its own holds every horizon back for minutes. No such transaction can draw an id here.
    """
    with patch.object(seals, "is_decided", is_decided_here):
        return sealer.turn(at=at)


def is_decided_here(horizon: Horizon) -> bool:
    """As `is_decided`, of the transactions on this test's own database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_xid IS NOT NULL AND pid <> pg_backend_pid() "
            "AND age(backend_xid) >= age(%s::text::xid))",
            [horizon.xid % 2**32],
        )
        (decided,) = cursor.fetchone()
    return bool(decided)
