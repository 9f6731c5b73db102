"""Checks the evidence of one application, or of all that were approved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.evidence.verification import verify
from accounts.models import Application
from accounts.states import ACCEPTED


class Command(BaseCommand):
    help = "Check signatures, hashes, consents, versions, four eyes and the journal, offline."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", nargs="?", type=UUID, help="ref of an application")
        parser.add_argument("--all", action="store_true", help="every approved application")

    def handle(self, *args: Any, ref: UUID | None = None, **options: Any) -> None:
        if (ref is None) != options["all"]:
            raise CommandError("Name the ref of one application, or --all.")
        rows = Application.objects.order_by("pk")
        rows = rows.filter(status__in=ACCEPTED) if ref is None else rows.filter(ref=ref)
        checked = wrong = 0
        for application in rows.iterator(chunk_size=500):
            checked += 1
            findings = verify(application)
            wrong += bool(findings)
            for finding in findings:
                self.stdout.write(f"{application.ref} {finding}")
        if ref is not None and not checked:
            raise CommandError("There is no such application.")
        self.stdout.write(f"{checked} checked, {wrong} with findings")
        if wrong:
            raise CommandError("Evidence is missing or was changed.")
