"""Checks the evidence of one application, or of all that were approved or signed."""

from __future__ import annotations

from itertools import chain
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.evidence.permissions import verify_case
from accounts.evidence.verification import verify
from accounts.models import Application, PermissionApplication
from accounts.states import ACCEPTED


class Command(BaseCommand):
    help = "Check signatures, hashes, consents, versions, four eyes and the journal, offline."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "ref", nargs="?", type=UUID, help="ref of an application to open or to trade"
        )
        parser.add_argument(
            "--all",
            action="store_true",
            help="every approved application, and every signed one for a permission",
        )

    def handle(self, *args: Any, ref: UUID | None = None, **options: Any) -> None:
        if (ref is None) != options["all"]:
            raise CommandError("Name the ref of one application, or --all.")
        rows = Application.objects.order_by("pk")
        rows = rows.filter(status__in=ACCEPTED) if ref is None else rows.filter(ref=ref)
        cases = PermissionApplication.objects.order_by("pk").select_related("text")
        cases = cases.exclude(file_ref=None) if ref is None else cases.filter(ref=ref)
        checked = wrong = 0
        for found, findings in chain(
            ((row.ref, verify(row)) for row in rows.iterator(chunk_size=500)),
            ((case.ref, verify_case(case)) for case in cases.iterator(chunk_size=500)),
        ):
            checked += 1
            wrong += bool(findings)
            for finding in findings:
                self.stdout.write(f"{found} {finding}")
        if ref is not None and not checked:
            raise CommandError("There is no such application.")
        self.stdout.write(f"{checked} checked, {wrong} with findings")
        if wrong:
            raise CommandError("Evidence is missing or was changed.")
