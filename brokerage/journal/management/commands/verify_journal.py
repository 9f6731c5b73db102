"""Finds altered, removed, inserted and swapped entries, broken seals and a cut tail."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from brokerage.core.clock import SHANGHAI
from brokerage.journal.verify import Checked, verify

SHOWN = 1_000


class Command(BaseCommand):
    help = "Check the journal against its seals and anchors; fails when something was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=_day, metavar="YYYY-MM-DD", help="leave out entries sealed before"
        )

    def handle(self, *args: Any, since: datetime | None = None, **options: Any) -> None:
        checked, found, started = Checked(), 0, time.perf_counter()
        for finding in verify(checked, since=since):
            found += 1
            if found <= SHOWN:
                self.stdout.write(str(finding))
        seconds = max(time.perf_counter() - started, 0.001)
        self.stdout.write(
            f"{checked.rows} entries in {checked.seals} seals, {checked.anchors} anchors "
            f"({checked.rows / seconds:.0f} entries a second); {checked.unsealed} not yet sealed"
        )
        if found:
            raise CommandError(f"The journal was changed: {found} findings.")


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=SHANGHAI)
