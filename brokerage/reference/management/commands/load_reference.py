from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from brokerage.core import clock
from brokerage.reference.loading import BadFile
from brokerage.reference.use_cases.load_reference import load_reference


class Command(BaseCommand):
    help = "Load everything that the release ships; twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = load_reference(at=clock.now(), sandbox=settings.SANDBOX)
        except BadFile as bad:
            raise CommandError(f"A shipped file is wrong, nothing was loaded:\n{bad}") from None
        if options["verbosity"]:
            for name, counts in done.items():
                self.stdout.write(f"{name}: {counts}")
