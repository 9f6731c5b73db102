"""Figures for /metrics and the jobs page; each is one cheap question."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from brokerage.core import clock
from brokerage.journal import subscriptions
from brokerage.journal.models import Delivery, DeliveryState, Entry, Heartbeat, Seal

WORKER = "journal.worker"  # the name under which the worker beats


def pending() -> int:
    """Deliveries that wait."""
    return Delivery.objects.filter(state=DeliveryState.PENDING).count()


def oldest_pending_age(*, at: datetime) -> timedelta:
    """How long the oldest waiting delivery has waited; zero where none waits."""
    waiting = Delivery.objects.filter(state=DeliveryState.PENDING).order_by("id")
    since = waiting.values_list("entry__at", flat=True).first()
    return max(at - since, timedelta(0)) if since else timedelta(0)


def dead_letters() -> int:
    """Deliveries that were given up (`manage.py deliveries` lists and replays them)."""
    return Delivery.objects.filter(state=DeliveryState.DEAD).count()


def orphaned() -> int:
    """Waiting deliveries to subscribers that this process does not know."""
    waiting = Delivery.objects.filter(state=DeliveryState.PENDING)
    return waiting.filter(~Q(subscriber__in=subscriptions.names())).count()


def unsealed() -> int:
    """Entries that no seal covers yet."""
    last = Seal.objects.order_by("-number").values_list("to_id", flat=True).first()
    return Entry.objects.filter(id__gt=-1 if last is None else last).count()


def last_seal_age(*, at: datetime) -> timedelta | None:
    """How old the newest seal is; None where there is none."""
    last = Seal.objects.order_by("-number").values_list("at", flat=True).first()
    return at - last if last else None


def rows_left() -> int:
    """How many ids the partitions that exist still have room for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max((regexp_match(pg_get_expr(c.relpartbound, c.oid), "
            r"'TO \(''?(\d+)''?\)'))[1]::bigint) "
            "- (SELECT last_value FROM journal_entry_id_seq) "
            "FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'journal_entry'::regclass"
        )
        (left,) = cursor.fetchone()
    return left or 0


def heartbeat_age(name: str, *, at: datetime) -> timedelta | None:
    """How long ago a background process last said that it works; None where it never did."""
    last = Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
    return at - last if last else None


def figures() -> dict[str, float]:
    """All of them for /metrics; a seal or a beat that never was counts as NaN."""
    at = clock.now()
    return {
        "pending": pending(),
        "oldest_pending_seconds": oldest_pending_age(at=at).total_seconds(),
        "dead_letters": dead_letters(),
        "orphaned": orphaned(),
        "unsealed": unsealed(),
        "last_seal_seconds": _seconds(last_seal_age(at=at)),
        "worker_beat_seconds": _seconds(heartbeat_age(WORKER, at=at)),
        "rows_left": rows_left(),
    }


def _seconds(age: timedelta | None) -> float:
    return math.nan if age is None else age.total_seconds()
