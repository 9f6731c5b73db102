"""The delivery worker; runs beside the web and job workers."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from brokerage.core import clock
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.worker import Worker


class Command(BaseCommand):
    help = "Deliver journal entries to their subscribers, seal and anchor them, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="deliver what is due and end")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        if once:
            self.stdout.write(f"{deliver_pending(at=clock.now(), limit=1_000_000)} delivered")
            return
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()
