"""Keeping the average that a decision uses, with each day's amount."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from holdings.events import AverageFrozen
from holdings.models import AssetEvidence
from holdings.selectors.averages import amounts_of, average, counted_days, left_out_days


@transaction.atomic
def freeze_average(
    *, customer: Customer, purpose: str, on: date, days: int, actor: Actor, at: datetime
) -> AssetEvidence:
    """Freeze the average of the `days` counted trading days before the business date `on`.

    Args:
        customer: whose assets.
        purpose: the decision that uses it, such as `permission.star`.
        on: the day of the application.
        days: over how many trading days.
        actor: who decides or applies.
        at: the instant.
    """
    counted = counted_days(on, days)
    amounts = amounts_of(customer, counted)
    waived = left_out_days(counted[0], on) if counted else []
    kept = AssetEvidence.objects.create(
        customer=customer,
        purpose=purpose,
        on=on,
        days=days,
        amounts=[[each.day.isoformat(), str(each.amount)] for each in amounts],
        left_out=[day.isoformat() for day in waived],
        average=average(amounts, days),
        made_at=at,
    )
    event = AverageFrozen(subject=kept.ref, customer=customer.ref, purpose=purpose, days=days)
    record(event, actor=actor, at=at)
    return kept
