"""What happens to applications as professional investors, and to the status that they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class StatusRequestEvent(Event):
    """Base: `subject` is the ref of the application; no kind, no amount and no reason stands here.

    Attributes:
        customer: ref of the person or organisation.
    """

    subject_type: ClassVar[str] = "suitability.statusrequest"
    customer: UUID


@dataclass(frozen=True, kw_only=True)
class StatusAsked(StatusRequestEvent):
    """A customer began an application as a professional investor."""

    kind: ClassVar[str] = "suitability.status_asked"


@dataclass(frozen=True, kw_only=True)
class ProtectionsExplained(StatusRequestEvent):
    """The page that tells what is given up was given out.

    Attributes:
        text: version of the explanation.
    """

    kind: ClassVar[str] = "suitability.protections_explained"
    text: str


@dataclass(frozen=True, kw_only=True)
class RiskAccepted(StatusRequestEvent):
    """The customer read what is given up and accepts the risk.

    Attributes:
        text: version of the explanation.
    """

    kind: ClassVar[str] = "suitability.risk_accepted"
    text: str


@dataclass(frozen=True, kw_only=True)
class ProofGiven(StatusRequestEvent):
    """A proof was added or replaced.

    Attributes:
        fact: key of what it proves.
    """

    kind: ClassVar[str] = "suitability.proof_given"
    fact: str


@dataclass(frozen=True, kw_only=True)
class ProofRemoved(StatusRequestEvent):
    """A proof was taken out before it was sent.

    Attributes:
        fact: key of what it proved.
    """

    kind: ClassVar[str] = "suitability.proof_removed"
    fact: str


@dataclass(frozen=True, kw_only=True)
class KnowledgeTested(StatusRequestEvent):
    """A test of knowledge was sent in and marked.

    Attributes:
        test: version of the bank of questions.
    """

    kind: ClassVar[str] = "suitability.knowledge_tested"
    test: str


@dataclass(frozen=True, kw_only=True)
class StatusSent(StatusRequestEvent):
    """The application waits for the officers."""

    kind: ClassVar[str] = "suitability.status_sent"


@dataclass(frozen=True, kw_only=True)
class StatusReturned(StatusRequestEvent):
    """An officer sent it back to be completed; why stands in the application."""

    kind: ClassVar[str] = "suitability.status_returned"


@dataclass(frozen=True, kw_only=True)
class StatusExamined(StatusRequestEvent):
    """The first officer looked at every proof and proposed a decision."""

    kind: ClassVar[str] = "suitability.status_examined"


@dataclass(frozen=True, kw_only=True)
class StatusLookedAtAgain(StatusRequestEvent):
    """The second officer did not agree; the examination begins anew."""

    kind: ClassVar[str] = "suitability.status_looked_at_again"


@dataclass(frozen=True, kw_only=True)
class StatusGranted(StatusRequestEvent):
    """The second officer agreed: matching treats the customer as a professional investor now."""

    kind: ClassVar[str] = "suitability.status_granted"


@dataclass(frozen=True, kw_only=True)
class StatusRefused(StatusRequestEvent):
    """The second officer agreed that it is not granted; the customer is told why."""

    kind: ClassVar[str] = "suitability.status_refused"


@dataclass(frozen=True, kw_only=True)
class StatusWithdrawn(StatusRequestEvent):
    """The customer took the application back."""

    kind: ClassVar[str] = "suitability.status_withdrawn"


@dataclass(frozen=True, kw_only=True)
class StatusGivenUp(Event):
    """A professional investor is an ordinary one again, by their own notice.

    Matching and all duties towards ordinary investors count from now on.

    Attributes:
        customer: ref of the person or organisation.
    """

    kind: ClassVar[str] = "suitability.status_given_up"
    subject_type: ClassVar[str] = "suitability.investorstatus"
    customer: UUID


@dataclass(frozen=True, kw_only=True)
class PracticeTaken(Event):
    """A certificate of simulated trading was taken; `subject` is its ref.

    Attributes:
        customer: ref of who practised.
        fact: what the certificate may prove.
    """

    kind: ClassVar[str] = "suitability.practice_taken"
    subject_type: ClassVar[str] = "suitability.simulatedtrading"
    customer: UUID
    fact: str
