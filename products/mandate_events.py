"""What happens to mandates; public refs only, and nothing of what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class MandateEvent(Event):
    """Base: `subject` is the ref of the mandate; nothing of what it is about."""

    subject_type: ClassVar[str] = "products.mandate"


@dataclass(frozen=True, kw_only=True)
class MandateOpened(MandateEvent):
    """A desk opened a mandate for a referral."""

    kind: ClassVar[str] = "products.mandate_opened"


@dataclass(frozen=True, kw_only=True)
class MandateMoved(MandateEvent):
    """It entered another stage, or ended."""

    kind: ClassVar[str] = "products.mandate_moved"
    status: str


@dataclass(frozen=True, kw_only=True)
class MandatePlanned(MandateEvent):
    """Its next step, likelihood or expected revenue were set."""

    kind: ClassVar[str] = "products.mandate_planned"


@dataclass(frozen=True, kw_only=True)
class MandateHandedOn(MandateEvent):
    """Somebody else leads it."""

    kind: ClassVar[str] = "products.mandate_handed_on"
    lead: UUID


@dataclass(frozen=True, kw_only=True)
class MandatePaperAdded(MandateEvent):
    """A paper was added."""

    kind: ClassVar[str] = "products.mandate_paper_added"
    paper: str


@dataclass(frozen=True, kw_only=True)
class CrossingAsked(MandateEvent):
    """The team asks to let somebody behind the wall."""

    kind: ClassVar[str] = "products.crossing_asked"
    person: UUID


@dataclass(frozen=True, kw_only=True)
class CrossingCleared(MandateEvent):
    """Compliance let somebody behind the wall."""

    kind: ClassVar[str] = "products.crossing_cleared"
    person: UUID


@dataclass(frozen=True, kw_only=True)
class CrossingEnded(MandateEvent):
    """Somebody is outside the wall again."""

    kind: ClassVar[str] = "products.crossing_ended"
    person: UUID
