"""Prints the half-year self-check of suitability."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from brokerage.core import clock
from suitability.self_check import HalfYear, report


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", nargs="?", help="such as 2026-H1; default the last one")
        parser.add_argument("--language", default="zh-hans", choices=dict(settings.LANGUAGES))

    def handle(self, *args: Any, **options: Any) -> None:
        period = HalfYear.of(clock.today()).before
        if options["period"]:
            try:
                period = HalfYear.parse(options["period"])
            except ValueError as error:
                raise CommandError(
                    f"{options['period']} is no half-year, such as 2026-H1."
                ) from error
        with override(options["language"]):
            self.stdout.write(str(period))
            for part in report(period):
                self.stdout.write(f"\n{part.title}")
                for label, number in part.lines:
                    self.stdout.write(f"  {label}: {number}")
