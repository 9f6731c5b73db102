"""Two lists on the import desk: one with errors to look at, one that waits for a second person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from brokerage.backoffice.imports import importers
from brokerage.backoffice.imports.use_cases.propose_import import propose_import
from brokerage.backoffice.imports.use_cases.read_file import read_file
from brokerage.backoffice.imports.use_cases.receive_file import receive_file
from brokerage.backoffice.models import ImportRun
from brokerage.core.roles import Role
from brokerage.users.models import User

DATA = Path(__file__).parent / "data"


def build_imports(*, at: datetime) -> int:
    """Bring and read both lists once; returns how many were brought."""
    maker = User.objects.filter(groups__name=Role.OPERATIONS).order_by("pk").first()
    if maker is None or ImportRun.objects.exists():
        return 0
    for name, propose in (("calendar-2027-errors.csv", False), ("calendar-2027.csv", True)):
        with (DATA / name).open("rb") as upload:
            importer = importers.get("calendar-days")
            run = receive_file(upload=upload, importer=importer, maker=maker, at=at)
        read_file(ref=run.ref, at=at)
        if propose:
            propose_import(ref=run.ref, whole=True, user=maker, at=at)
    return 2
