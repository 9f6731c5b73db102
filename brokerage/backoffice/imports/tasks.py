"""Background entry points of the import desk; each may run twice."""

from __future__ import annotations

from uuid import UUID

from brokerage.backoffice.imports.use_cases.read_file import read_file
from brokerage.backoffice.imports.use_cases.take_rows import take_rows
from brokerage.backoffice.imports.use_cases.undo_rows import undo_rows
from brokerage.core import clock
from brokerage.core.jobs import Lane, job


@job(Lane.BULK)
def read_import(ref: str) -> None:
    """Fill the preview of an import."""
    read_file(ref=UUID(ref), at=clock.now())


@job(Lane.BULK)
def take_import(ref: str) -> None:
    """Take the rows of a released import."""
    take_rows(ref=UUID(ref), at=clock.now())


@job(Lane.BULK)
def undo_import(ref: str) -> None:
    """Take an import back."""
    undo_rows(ref=UUID(ref), at=clock.now())
