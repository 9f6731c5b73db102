"""Prints one kept decision of any kind for an inspector: versions, steps, reasons, inputs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from suitability.inspecting import tell


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", help="of the decision")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = tell(UUID(options["ref"]), options["language"] or "")
        except (LookupError, ValueError):
            raise CommandError("There is no decision with this reference.") from None
        for line in lines:
            self.stdout.write(line)
