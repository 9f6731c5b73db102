"""What people do in the back office itself.

These events are about records of every kind, so their subject type is a value of the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonalDataRevealed(Event):
    """Somebody looked at a value in plain text."""

    kind: ClassVar[str] = "backoffice.personal_data_revealed"
    subject_type: str  # type: ignore[misc]  # of this record
    field: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class BulkLookNoticed(Event):
    """Somebody looked at unusually many values; the subject is the person."""

    kind: ClassVar[str] = "backoffice.bulk_look_noticed"
    subject_type: ClassVar[str] = "users.user"
    looks: int
    within_minutes: int


@dataclass(frozen=True, kw_only=True)
class CheckerDecided(Event):
    """A second person approved or rejected what another had made."""

    kind: ClassVar[str] = "backoffice.checker_decided"
    subject_type: str  # type: ignore[misc]  # of this record
    decision: str
    made_by: UUID


@dataclass(frozen=True, kw_only=True)
class RecordAdded(Event):
    """Somebody added a plain record by a form."""

    kind: ClassVar[str] = "backoffice.record_added"
    subject_type: str  # type: ignore[misc]  # of this record


@dataclass(frozen=True, kw_only=True)
class RecordChanged(Event):
    """Somebody changed a plain record by a form; the entry holds the fields before and after."""

    kind: ClassVar[str] = "backoffice.record_changed"
    subject_type: str  # type: ignore[misc]  # of this record


@dataclass(frozen=True, kw_only=True)
class ExportRequested(Event):
    """Somebody asked for a list in a file."""

    kind: ClassVar[str] = "backoffice.export_requested"
    subject_type: ClassVar[str] = "backoffice.export"
    model: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class ExportMade(Event):
    """The file of an export was made."""

    kind: ClassVar[str] = "backoffice.export_made"
    subject_type: ClassVar[str] = "backoffice.export"
    model: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ExportFetched(Event):
    """The maker of an export took its file."""

    kind: ClassVar[str] = "backoffice.export_fetched"
    subject_type: ClassVar[str] = "backoffice.export"


@dataclass(frozen=True, kw_only=True)
class JobRetried(Event):
    """Operations put a failed job or delivery back into its queue; the subject is the person."""

    kind: ClassVar[str] = "backoffice.job_retried"
    subject_type: ClassVar[str] = "users.user"
    what: str
    number: int


@dataclass(frozen=True, kw_only=True)
class ImportReceived(Event):
    """Somebody brought a file."""

    kind: ClassVar[str] = "backoffice.import_received"
    subject_type: ClassVar[str] = "backoffice.importrun"
    importer: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ImportRead(Event):
    """A file was read, or could not be."""

    kind: ClassVar[str] = "backoffice.import_read"
    subject_type: ClassVar[str] = "backoffice.importrun"
    importer: str
    readable: bool
    rows: int
    bad: int


@dataclass(frozen=True, kw_only=True)
class ImportProposed(Event):
    """The maker of an import asked a second person to release it."""

    kind: ClassVar[str] = "backoffice.import_proposed"
    subject_type: ClassVar[str] = "backoffice.importrun"
    importer: str
    rows: int
    whole: bool


@dataclass(frozen=True, kw_only=True)
class ImportDiscarded(Event):
    """The maker of an import threw it away."""

    kind: ClassVar[str] = "backoffice.import_discarded"
    subject_type: ClassVar[str] = "backoffice.importrun"
    importer: str


@dataclass(frozen=True, kw_only=True)
class ImportTaken(Event):
    """A released import came to its end."""

    kind: ClassVar[str] = "backoffice.import_taken"
    subject_type: ClassVar[str] = "backoffice.importrun"
    importer: str
    taken: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class ImportUndoStarted(Event):
    """Somebody has an import taken back."""

    kind: ClassVar[str] = "backoffice.import_undo_started"
    subject_type: ClassVar[str] = "backoffice.importrun"
    importer: str


@dataclass(frozen=True, kw_only=True)
class ImportUndone(Event):
    """An import was taken back."""

    kind: ClassVar[str] = "backoffice.import_undone"
    subject_type: ClassVar[str] = "backoffice.importrun"
    importer: str
    undone: int
