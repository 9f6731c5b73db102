"""What happens to accounts, files and frozen averages; no amount stands in an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class AccountKept(Event):
    """Holdings of an account are imported from now on.

    Attributes:
        customer: ref of whose account it is.
        account_kind: `AccountKind`.
    """

    kind: ClassVar[str] = "holdings.account_kept"
    subject_type: ClassVar[str] = "holdings.account"
    customer: UUID
    account_kind: str


@dataclass(frozen=True, kw_only=True)
class CounterFileEvent(Event):
    """Base: `subject` is the ref of the file.

    Attributes:
        file_kind: `FileKind`.
        day: its business day.
        revision: counted by the trading counter.
    """

    subject_type: ClassVar[str] = "holdings.counterfile"
    file_kind: str
    day: date
    revision: int


@dataclass(frozen=True, kw_only=True)
class FileTaken(CounterFileEvent):
    """The rows of the day are those of the file now; the counts say what differed."""

    kind: ClassVar[str] = "holdings.file_taken"
    added: int
    changed: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class FileAskedAgain(CounterFileEvent):
    """Somebody of the desk asked the worker to fetch this file once more."""

    kind: ClassVar[str] = "holdings.file_asked_again"


@dataclass(frozen=True, kw_only=True)
class DayAsked(Event):
    """Somebody of the desk asked for the files of a day; `subject` is the day."""

    kind: ClassVar[str] = "holdings.day_asked"
    subject_type: ClassVar[str] = "holdings.counterday"
    day: date


@dataclass(frozen=True, kw_only=True)
class DayWaived(Event):
    """Two people said that the files of a day will never come; `subject` is their word."""

    kind: ClassVar[str] = "holdings.day_waived"
    subject_type: ClassVar[str] = "holdings.waivedday"
    day: date


@dataclass(frozen=True, kw_only=True)
class FileReplaced(CounterFileEvent):
    """A correction took the place of this file."""

    kind: ClassVar[str] = "holdings.file_replaced"


@dataclass(frozen=True, kw_only=True)
class FileNotTaken(CounterFileEvent):
    """Nothing of the file was taken: refused, waiting or outdated."""

    kind: ClassVar[str] = "holdings.file_not_taken"
    status: str
    issues: int


@dataclass(frozen=True, kw_only=True)
class DayMeasured(Event):
    """Asset snapshots of a day were made or corrected; `subject` is the file that led to it."""

    kind: ClassVar[str] = "holdings.day_measured"
    subject_type: ClassVar[str] = "holdings.counterfile"
    day: date
    customers: int


@dataclass(frozen=True, kw_only=True)
class AverageFrozen(Event):
    """An average was kept as evidence of a decision.

    Attributes:
        customer: ref of whose assets they are.
        purpose: the decision.
        days: over so many trading days.
    """

    kind: ClassVar[str] = "holdings.average_frozen"
    subject_type: ClassVar[str] = "holdings.assetevidence"
    customer: UUID
    purpose: str
    days: int
