"""Plays the SMS gateway and the mail server. What it takes shows on the outbox page.

The last digits of a number choose what happens (docs/gateways/sms.md):

    9902 answers after two seconds      9903 refuses the number
    9904 is down                        9905 reports every text twice
    9906 reports ten minutes late       9907 takes it and reports failure
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from brokerage.core.saving import insert_once
from brokerage.messaging.gateways.base import GatewayRefused, GatewayUnavailable, Report
from brokerage.messaging.models import SandboxOutbox

SLOW, REFUSED, DOWN, DUPLICATE, LATE, UNDELIVERED = (
    "9902",
    "9903",
    "9904",
    "9905",
    "9906",
    "9907",
)
PAGE = 100


class SandboxRefused(Exception):
    """The sandbox was asked to work outside a sandbox deployment."""


class SandboxGateway:
    """One channel, played. Keeps the words, which the real gateways' side never does here."""

    def __init__(self, channel: str, sleep: Callable[[float], None] = time.sleep) -> None:
        if not settings.SANDBOX:
            raise SandboxRefused("A deployment that serves customers uses no sandbox.")
        self.channel = channel
        self.sleep = sleep

    def send(self, *, address: str, title: str, body: str, key: UUID, at: datetime) -> str:
        """Play the scenario of this address."""
        scenario = address.partition("@")[0][-4:]
        if scenario == DOWN:
            raise GatewayUnavailable("sandbox")
        if scenario == REFUSED:
            raise GatewayRefused("blocked")
        if scenario == SLOW:
            self.sleep(2.0)
        row = SandboxOutbox(
            idempotency_key=key,
            channel=self.channel,
            address=address,
            title=title or None,
            body=body,
            accepted_at=at,
            report="failed" if scenario == UNDELIVERED else "delivered",
            report_at=at + timedelta(minutes=10 if scenario == LATE else 0),
        )
        if not insert_once(row, "idempotency_key"):  # it was handed over before
            row = SandboxOutbox.objects.get(idempotency_key=key)
        return f"sandbox-{row.ref}"

    def reports(self, *, after: str, at: datetime) -> tuple[list[Report], str]:
        """The reports that are due by now, by their instant."""
        start, _, last = after.partition("/")
        due = SandboxOutbox.objects.filter(channel=self.channel, report_at__lte=at)
        if after:
            instant = datetime.fromisoformat(start)
            due = due.filter(report_at__gte=instant).exclude(report_at=instant, pk__lte=int(last))
        rows = list(due.order_by("report_at", "id")[:PAGE])
        found = [_report(row) for row in rows]
        found += [_report(row) for row in rows if (row.address or "").endswith(DUPLICATE)]
        return found, f"{rows[-1].report_at.isoformat()}/{rows[-1].pk}" if rows else after


def _report(row: SandboxOutbox) -> Report:
    delivered = row.report == "delivered"
    return Report(f"sandbox-{row.ref}", delivered, "" if delivered else "unreachable")
