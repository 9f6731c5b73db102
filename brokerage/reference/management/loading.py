"""What the loading commands share: run, report, or say what is wrong where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from brokerage.reference.loading import BadFile, Counts

SHOWN = 50


class LoadingCommand(BaseCommand):
    """Takes a file; nothing is loaded while one row of it is wrong."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="see docs/reference-data.md for the format")
        parser.add_argument("--source", default="", help="where the data come from")

    def run(self, load: Callable[[], Counts]) -> None:
        """Run one load and report it.

        Raises:
            CommandError: with the first wrong rows.
        """
        try:
            counts = load()
        except BadFile as bad:
            lines = [str(error) for error in bad.errors[:SHOWN]]
            if more := len(bad.errors) - SHOWN:
                lines += [f"and {more} more"] if more > 0 else []
            raise CommandError("Nothing was loaded:\n" + "\n".join(lines)) from None
        self.stdout.write(f"{counts}.")

    @staticmethod
    def source(options: dict[str, Any]) -> str:
        """The source as given, else the name of the file."""
        return options["source"] or options["file"].name
