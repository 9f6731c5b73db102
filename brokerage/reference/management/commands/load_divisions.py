from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from brokerage.reference.management.loading import LoadingCommand
from brokerage.reference.use_cases.load_divisions import load_divisions


class Command(LoadingCommand):
    help = "Load the firm's complete list of divisions from CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--changes", type=Path, help="CSV of abolished codes and successors")
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            help="date of the list: the end of abolished codes whose date is unknown",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.run(
            lambda: load_divisions(
                options["file"],
                changes=options["changes"],
                as_of=options["as_of"],
                source=self.source(options),
            )
        )
