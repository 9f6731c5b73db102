from __future__ import annotations

from typing import Any

from brokerage.reference.management.loading import LoadingCommand
from brokerage.reference.use_cases.load_instruments import load_instruments


class Command(LoadingCommand):
    help = "Load the securities master (stocks or funds) from CSV."

    def handle(self, *args: Any, **options: Any) -> None:
        self.run(lambda: load_instruments(options["file"], source=self.source(options)))
