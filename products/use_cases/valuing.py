"""Take over daily values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from products.events import ValuesTaken
from products.models import DailyValue, Product
from products.rules.values import Value


@transaction.atomic
def take_values(*, product: Product, values: Sequence[Value], actor: Actor, at: datetime) -> int:
    """Add the values of some days; a day that is known already is corrected.

    Args:
        values: at least one, each day once.

    Returns:
        How many days were written.
    """
    rows = [
        DailyValue(product=product, day=each.day, value=each.value, benchmark=each.benchmark)
        for each in values
    ]
    DailyValue.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["product", "day"],
        update_fields=["value", "benchmark"],
    )
    event = ValuesTaken(subject=product.ref, days=len(rows), last=max(each.day for each in values))
    record(event, actor=actor, at=at)
    return len(rows)
