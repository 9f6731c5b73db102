"""What happens to the evidence of an opening; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class EvidenceEvent(Event):
    """Base: `subject` is the ref of the application."""

    subject_type: ClassVar[str] = "accounts.application"


@dataclass(frozen=True, kw_only=True)
class CheckEvent(EvidenceEvent):
    """Base of what happens to a question outside.

    Attributes:
        check: ref of the OutsideCheck.
        of_kind: a CheckKind.
    """

    check: UUID
    of_kind: str


@dataclass(frozen=True, kw_only=True)
class CheckRequested(CheckEvent):
    """A question for a counterparty was written down."""

    kind: ClassVar[str] = "accounts.check_requested"


@dataclass(frozen=True, kw_only=True)
class CheckCarriedOver(CheckEvent):
    """An answer to an earlier application of the same customer counts for this one, too.

    Attributes:
        before: ref of the check that was answered.
        result: a CheckResult.
    """

    kind: ClassVar[str] = "accounts.check_carried_over"
    before: UUID
    result: str


@dataclass(frozen=True, kw_only=True)
class CheckAnswered(CheckEvent):
    """The counterparty answered; the first answer counts.

    Attributes:
        result: a CheckResult.
        refusal: code where the counterparty refused the question itself.
        attempts: how often it was asked.
        sandbox: whether the sandbox played the counterparty.
    """

    kind: ClassVar[str] = "accounts.check_answered"
    result: str
    refusal: str = ""
    attempts: int = 1
    sandbox: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckUnanswered(CheckEvent):
    """Nobody answered for so long that staff have to look."""

    kind: ClassVar[str] = "accounts.check_unanswered"
    attempts: int


@dataclass(frozen=True, kw_only=True)
class LateAnswerIgnored(CheckEvent):
    """An answer came for a question that no longer waits; it changed nothing."""

    kind: ClassVar[str] = "accounts.late_answer_ignored"
    result: str


@dataclass(frozen=True, kw_only=True)
class DocumentsSent(EvidenceEvent):
    """The customer sent the application with these pictures.

    Attributes:
        pictures: for each one "name file hash": of the field, the ref of the file, its SHA-256.
    """

    kind: ClassVar[str] = "accounts.documents_sent"
    pictures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PinsSet(Event):
    """A customer set trading and fund passwords; which digits stands nowhere.

    Attributes:
        kinds: which of the two.
    """

    kind: ClassVar[str] = "accounts.pins_set"
    subject_type: ClassVar[str] = "customers.customer"
    kinds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PinReplaced(Event):
    """A customer replaced a password after the opening, with the old one or with a code.

    Attributes:
        of_kind: which.
    """

    kind: ClassVar[str] = "accounts.pin_replaced"
    subject_type: ClassVar[str] = "customers.customer"
    of_kind: str


@dataclass(frozen=True, kw_only=True)
class PinsPaused(Event):
    """A password was wrong too often and is not tried for a while."""

    kind: ClassVar[str] = "accounts.pins_paused"
    subject_type: ClassVar[str] = "customers.customer"
    of_kind: str


@dataclass(frozen=True, kw_only=True)
class PackPresented(EvidenceEvent):
    """The agreements were put before the customer.

    Attributes:
        pack: ref of the Pack.
        texts: "<agreement> <version>" of each text, in order.
        fingerprint: hash over all of them.
        language: in which they were shown.
    """

    kind: ClassVar[str] = "accounts.pack_presented"
    pack: UUID
    texts: tuple[str, ...]
    fingerprint: str
    language: str


@dataclass(frozen=True, kw_only=True)
class PackSigned(EvidenceEvent):
    """The customer entered the code that was sent for these agreements.

    Attributes:
        pack: ref of the Pack.
        fingerprint: what was signed.
        declaration: digest of the tax declaration that was signed with it; empty without one.
    """

    kind: ClassVar[str] = "accounts.pack_signed"
    pack: UUID
    fingerprint: str
    declaration: str = ""


@dataclass(frozen=True, kw_only=True)
class PackSealed(EvidenceEvent):
    """The signed PDF was made.

    Attributes:
        pack: ref of the Pack.
        file: ref of the stored file.
        file_hash: SHA-256 of the PDF.
        certificate: serial number.
    """

    kind: ClassVar[str] = "accounts.pack_sealed"
    pack: UUID
    file: UUID
    file_hash: str
    certificate: str


@dataclass(frozen=True, kw_only=True)
class DocumentRead(EvidenceEvent):
    """The worker read a photograph of an identity document; what it read stands elsewhere.

    Attributes:
        reading: ref of the Reading.
        side: a CardSide.
        found: names of the fields that were found; none where it could not be read.
        flaws: what is wrong with the photograph.
    """

    kind: ClassVar[str] = "accounts.document_read"
    reading: UUID
    side: str
    found: tuple[str, ...]
    flaws: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChapterKept(EvidenceEvent):
    """The customer recorded one chapter.

    Attributes:
        chapter: key of the chapter.
        file: ref of the stored file.
        file_hash: SHA-256 of the recording.
        script: version of the script.
        attempt: from 1.
    """

    kind: ClassVar[str] = "accounts.chapter_kept"
    chapter: str
    file: UUID
    file_hash: str
    script: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class ChapterReopened(EvidenceEvent):
    """One chapter has to be recorded again; the others stay."""

    kind: ClassVar[str] = "accounts.chapter_reopened"
    chapter: str


@dataclass(frozen=True, kw_only=True)
class WitnessingCompleted(EvidenceEvent):
    """All chapters are there.

    Attributes:
        witnessing: ref of the Witnessing.
        mode: a WitnessingMode.
        script: version of the script.
    """

    kind: ClassVar[str] = "accounts.witnessing_completed"
    witnessing: UUID
    mode: str
    script: str


@dataclass(frozen=True, kw_only=True)
class RecordingWatched(EvidenceEvent):
    """A reviewer watched every chapter and found digits and person right.

    Attributes:
        files: refs of the recordings, in the order of their chapters.
    """

    kind: ClassVar[str] = "accounts.recording_watched"
    files: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class DeclarationsRead(EvidenceEvent):
    """Somebody read what the customer declared in own words.

    Attributes:
        fields: names of the answers, never their values.
    """

    kind: ClassVar[str] = "accounts.declarations_read"
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NumberShown(EvidenceEvent):
    """Central staff saw the telephone number for the follow-up call."""

    kind: ClassVar[str] = "accounts.number_shown"


@dataclass(frozen=True, kw_only=True)
class EvidenceExported(EvidenceEvent):
    """The evidence left the system as an archive for an inspector."""

    kind: ClassVar[str] = "accounts.evidence_exported"
