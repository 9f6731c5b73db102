"""What happens to texts that come in and to items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class TextTakenIn(Event):
    """A text came in and was screened."""

    kind: ClassVar[str] = "content.text_taken_in"
    subject_type: ClassVar[str] = "content.rawitem"
    source: UUID
    way: str
    marks: int
    urgency: int


@dataclass(frozen=True, kw_only=True)
class OriginalKept(Event):
    """The PDF as which a text came in is kept with it."""

    kind: ClassVar[str] = "content.original_kept"
    subject_type: ClassVar[str] = "content.rawitem"
    file: UUID


@dataclass(frozen=True, kw_only=True)
class TextDecided(Event):
    """A person worked a text up, or dropped it."""

    kind: ClassVar[str] = "content.text_decided"
    subject_type: ClassVar[str] = "content.rawitem"
    status: str
    item: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ItemSigned(Event):
    """A licensed person signed a version; a second person decides."""

    kind: ClassVar[str] = "content.item_signed"
    subject_type: ClassVar[str] = "content.item"
    revision: UUID
    number: int
    licence: UUID


@dataclass(frozen=True, kw_only=True)
class DraftDropped(Event):
    """A draft comes to nothing; the text it was made from perhaps waits for the desk again."""

    kind: ClassVar[str] = "content.draft_dropped"
    subject_type: ClassVar[str] = "content.item"
    given_back: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ReportAttached(Event):
    """The working text got a PDF."""

    kind: ClassVar[str] = "content.report_attached"
    subject_type: ClassVar[str] = "content.item"
    file: UUID


@dataclass(frozen=True, kw_only=True)
class ReportDetached(Event):
    """The working text has no PDF any more."""

    kind: ClassVar[str] = "content.report_detached"
    subject_type: ClassVar[str] = "content.item"


@dataclass(frozen=True, kw_only=True)
class ItemReleased(Event):
    """A version is what readers see from now on."""

    kind: ClassVar[str] = "content.item_released"
    subject_type: ClassVar[str] = "content.item"
    revision: UUID
    number: int
    correction: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ItemWithdrawn(Event):
    """An item is shown no more."""

    kind: ClassVar[str] = "content.item_withdrawn"
    subject_type: ClassVar[str] = "content.item"
    revision: UUID
    correction: UUID


@dataclass(frozen=True, kw_only=True)
class ReminderFollowed(Event):
    """An adviser followed a reminder up."""

    kind: ClassVar[str] = "content.reminder_followed"
    subject_type: ClassVar[str] = "content.reminder"
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ReminderLapsed(Event):
    """A reminder that the weekly limit put off is not said any more; `subject` is the customer."""

    kind: ClassVar[str] = "content.reminder_lapsed"
    subject_type: ClassVar[str] = "customers.customer"
    reminder: str
    about: str
    found_on: date
    why: str


@dataclass(frozen=True, kw_only=True)
class ReadersTold(Event):
    """Everybody who read a wrong version was told."""

    kind: ClassVar[str] = "content.readers_told"
    subject_type: ClassVar[str] = "content.item"
    correction: UUID
    readers: int
    told: int


@dataclass(frozen=True, kw_only=True)
class CoolingOffSet(Event):
    """A customer wants no offers until an instant; `subject` is the customer."""

    kind: ClassVar[str] = "content.cooling_off_set"
    subject_type: ClassVar[str] = "customers.customer"
    until: datetime


@dataclass(frozen=True, kw_only=True)
class CoolingOffEnded(Event):
    """A customer ends the time without offers early, from `until` on."""

    kind: ClassVar[str] = "content.cooling_off_ended"
    subject_type: ClassVar[str] = "customers.customer"
    until: datetime
