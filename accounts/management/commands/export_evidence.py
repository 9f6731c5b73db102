"""Writes the evidence of one application, of either kind, as an archive for an inspector."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.evidence.archive import write_archive
from accounts.evidence.permissions import write_case_archive
from accounts.models import Application, PermissionApplication
from brokerage.core import clock
from brokerage.journal.actors import Actor


class Command(BaseCommand):
    help = "Write one archive that can be checked without this system; the export is journalled."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", type=UUID, help="ref of an application to open or to trade")
        parser.add_argument("--to", type=Path, metavar="FILE.zip", help="default: REF.zip")

    def handle(self, *args: Any, ref: UUID, to: Path | None = None, **options: Any) -> None:
        application = Application.objects.filter(ref=ref).first()
        case = PermissionApplication.objects.filter(ref=ref).first()
        path = to or Path(f"{ref}.zip")
        actor = Actor.system("accounts.export_evidence")
        try:
            if application is not None:
                findings = write_archive(application, path, actor=actor, at=clock.now())
            elif case is not None:
                findings = write_case_archive(case, path, actor=actor, at=clock.now())
            else:
                raise CommandError("There is no such application.")
        except FileExistsError:
            raise CommandError(f"{path} exists; nothing was written.") from None
        for finding in findings:
            self.stdout.write(finding)
        self.stdout.write(f"{path} was written with {len(findings)} findings")
