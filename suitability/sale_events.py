"""What happens around a sale: double recordings at outlets, and calls after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordingEvent(Event):
    """Base: `subject` is the ref of the double recording.

    Attributes:
        customer: ref of the person recorded.
        decision: ref of the matching decision, or of the application that was recorded.
    """

    subject_type: ClassVar[str] = "suitability.doublerecording"
    customer: UUID
    decision: UUID


@dataclass(frozen=True, kw_only=True)
class RecordingBegun(RecordingEvent):
    """The customer agreed to be recorded.

    Attributes:
        about: occasion.
        script: its version.
        consent: version of the text that was agreed to.
        place: ref of the outlet.
    """

    kind: ClassVar[str] = "suitability.recording_begun"
    about: str
    script: str
    consent: str
    place: UUID


@dataclass(frozen=True, kw_only=True)
class RecordingChapterKept(RecordingEvent):
    """A chapter was recorded."""

    kind: ClassVar[str] = "suitability.recording_chapter_kept"
    chapter: str
    file: UUID
    file_hash: str


@dataclass(frozen=True, kw_only=True)
class RecordingChapterReopened(RecordingEvent):
    """A chapter is recorded again; its old file is disposed of."""

    kind: ClassVar[str] = "suitability.recording_chapter_reopened"
    chapter: str


@dataclass(frozen=True, kw_only=True)
class RecordingCompleted(RecordingEvent):
    """Every chapter is there; the quality check comes next.

    Attributes:
        content_hash: over the hashes of all chapters.
        visit: ref of the visit in which it was made; empty where none was booked or drawn.
    """

    kind: ClassVar[str] = "suitability.recording_completed"
    content_hash: str
    visit: str


@dataclass(frozen=True, kw_only=True)
class RecordingChecked(RecordingEvent):
    """Somebody else looked at it.

    Attributes:
        passed: whether every point held.
    """

    kind: ClassVar[str] = "suitability.recording_checked"
    passed: bool


@dataclass(frozen=True, kw_only=True)
class RecordingGivenUp(RecordingEvent):
    """It was ended before it was checked."""

    kind: ClassVar[str] = "suitability.recording_given_up"


@dataclass(frozen=True, kw_only=True)
class FollowUpEvent(Event):
    """Base: `subject` is the ref of the follow-up.

    Attributes:
        customer: ref of who is called.
        sale: ref of what was sold.
    """

    subject_type: ClassVar[str] = "suitability.salefollowup"
    customer: UUID
    sale: UUID


@dataclass(frozen=True, kw_only=True)
class FollowUpPlanned(FollowUpEvent):
    """A sale was drawn for a call."""

    kind: ClassVar[str] = "suitability.follow_up_planned"


@dataclass(frozen=True, kw_only=True)
class FollowUpMissed(FollowUpEvent):
    """Nobody answered."""

    kind: ClassVar[str] = "suitability.follow_up_missed"
    tries: int


@dataclass(frozen=True, kw_only=True)
class FollowUpCalled(FollowUpEvent):
    """The customer answered; no answer stands here."""

    kind: ClassVar[str] = "suitability.follow_up_called"
    concern: bool


@dataclass(frozen=True, kw_only=True)
class FollowUpEscalated(FollowUpEvent):
    """Compliance has it now: for a concern, or because nobody could be reached."""

    kind: ClassVar[str] = "suitability.follow_up_escalated"


@dataclass(frozen=True, kw_only=True)
class FollowUpClosed(FollowUpEvent):
    """Compliance closed it with what was done."""

    kind: ClassVar[str] = "suitability.follow_up_closed"
