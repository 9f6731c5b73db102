"""Scheduled work of the journal."""

from __future__ import annotations

from datetime import datetime, timedelta

from brokerage.core import clock
from brokerage.core.jobs import schedule
from brokerage.journal import idempotency
from brokerage.journal.models import Delivery, DeliveryState
from brokerage.journal.partitions import add_partitions
from brokerage.journal.retention import dispose_daily

__all__ = ["dispose_daily", "make_partitions", "purge"]  # the job queue looks for tasks here

DELIVERIES_KEPT = timedelta(days=90)
CHUNK = 10_000


@schedule("17 * * * *")
def make_partitions(timestamp: int) -> None:
    """Each hour; the worker does the same, so either may be down."""
    add_partitions()


@schedule("40 18 * * *")  # 02:40 in Shanghai
def purge(timestamp: int) -> None:
    """Forget old idempotency keys and rows of deliveries that were made. Entries stay."""
    at = clock.now()
    idempotency.purge(at=at)
    while purge_deliveries(at=at):
        pass


def purge_deliveries(*, at: datetime) -> int:
    """Delete up to CHUNK rows of deliveries made more than DELIVERIES_KEPT ago."""
    old = Delivery.objects.filter(
        state=DeliveryState.DELIVERED, delivered_at__lt=at - DELIVERIES_KEPT
    )
    gone, _by_model = Delivery.objects.filter(
        pk__in=old.order_by("pk").values("pk")[:CHUNK]
    ).delete()
    return gone
