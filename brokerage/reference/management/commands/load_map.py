from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from brokerage.core import clock
from brokerage.reference.management.loading import LoadingCommand
from brokerage.reference.use_cases.load_map import load_map


class Command(LoadingCommand):
    help = "Load the firm's own review-numbered map from TopoJSON."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--review-number", required=True, help="such as GS（2024）1234号")
        parser.add_argument("--title", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        self.run(
            lambda: load_map(
                options["file"],
                review_number=options["review_number"],
                title=options["title"] or self.source(options),
                at=clock.now(),
            )
        )
