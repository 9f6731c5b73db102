"""Deliveries that need somebody: given up, or without a subscriber."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from brokerage.journal import metrics, subscriptions
from brokerage.journal.delivery import replay
from brokerage.journal.models import Delivery, DeliveryState

SHOWN = 100


class Command(BaseCommand):
    help = "List dead letters and deliveries without a subscriber; replay dead letters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--replay", nargs="*", type=int, metavar="ID", help="these, or without ids all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["replay"] is not None:
            self.stdout.write(f"{replay(*options['replay'])} put back")
            return
        dead = Delivery.objects.filter(state=DeliveryState.DEAD)
        pending = Delivery.objects.filter(state=DeliveryState.PENDING)
        orphans = pending.exclude(subscriber__in=subscriptions.names())
        for title, rows in (("dead", dead), ("without subscriber", orphans)):
            for row in rows.select_related("entry").order_by("id")[:SHOWN]:
                self.stdout.write(
                    f"{title}: {row.pk} {row.entry.kind} → {row.subscriber} "
                    f"({row.attempts} attempts) {row.last_error}"
                )
        self.stdout.write(
            f"{metrics.pending()} pending, {metrics.dead_letters()} dead, "
            f"{metrics.orphaned()} without subscriber"
        )
