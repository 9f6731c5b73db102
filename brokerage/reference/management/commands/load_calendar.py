from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from brokerage.reference.management.loading import LoadingCommand
from brokerage.reference.models import Market
from brokerage.reference.use_cases.load_calendar import load_calendar


class Command(LoadingCommand):
    help = "Load the announced trading and working days of a year from CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--market", choices=Market.values, default=Market.CN.value)

    def handle(self, *args: Any, **options: Any) -> None:
        self.run(
            lambda: load_calendar(
                options["file"], market=options["market"], source=self.source(options)
            )
        )
