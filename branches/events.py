"""What happens to the tree and its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class UnitOpened(Event):
    """A unit was added to the tree."""

    kind: ClassVar[str] = "branches.unit_opened"
    subject_type: ClassVar[str] = "branches.orgunit"
    unit_kind: str
    parent: UUID | None
    on: date


@dataclass(frozen=True, kw_only=True)
class UnitMoved(Event):
    """A unit stands elsewhere in the tree from a day on."""

    kind: ClassVar[str] = "branches.unit_moved"
    subject_type: ClassVar[str] = "branches.orgunit"
    parent: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class RoleGiven(Event):
    """Somebody got a role at a unit; the subject is the assignment."""

    kind: ClassVar[str] = "branches.role_given"
    subject_type: ClassVar[str] = "branches.staffassignment"
    user: UUID
    unit: UUID
    role: str
    acting: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class RoleEnded(Event):
    """A role at a unit got its end."""

    kind: ClassVar[str] = "branches.role_ended"
    subject_type: ClassVar[str] = "branches.staffassignment"
    user: UUID
    unit: UUID
    role: str
    on: date


@dataclass(frozen=True, kw_only=True)
class RoleProposed(Event):
    """Somebody proposed a role for a person; a second person decides."""

    kind: ClassVar[str] = "branches.role_proposed"
    subject_type: ClassVar[str] = "branches.rolerequest"
    user: UUID
    unit: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class RateProposed(Event):
    """Somebody proposed a commission rate, for everybody at a unit or for one customer."""

    kind: ClassVar[str] = "branches.rate_proposed"
    subject_type: ClassVar[str] = "branches.commissionrate"
    unit: UUID
    market: str
    product: str
    customer: UUID | None


@dataclass(frozen=True, kw_only=True)
class RateAgreed(Event):
    """A customer agreed to a commission rate."""

    kind: ClassVar[str] = "branches.rate_agreed"
    subject_type: ClassVar[str] = "branches.agreedrate"
    customer: UUID
    rate: UUID


@dataclass(frozen=True, kw_only=True)
class RateFound(Event):
    """The fees in force, or announced ones, do not allow a released rate."""

    kind: ClassVar[str] = "branches.rate_found"
    subject_type: ClassVar[str] = "branches.commissionrate"
    breach: str
    fees: str


@dataclass(frozen=True, kw_only=True)
class SuggestionFiled(Event):
    """A member of staff filed a suggestion."""

    kind: ClassVar[str] = "branches.suggestion_filed"
    subject_type: ClassVar[str] = "branches.suggestion"
    author: UUID
    step: str
    owner: UUID


@dataclass(frozen=True, kw_only=True)
class SuggestionMoved(Event):
    """A suggestion was answered, joined, released, measured or contested."""

    kind: ClassVar[str] = "branches.suggestion_moved"
    subject_type: ClassVar[str] = "branches.suggestion"
    author: UUID
    status: str
    joined_with: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class VoiceRaised(Event):
    """A customer praised or complained on a screen."""

    kind: ClassVar[str] = "branches.voice_raised"
    subject_type: ClassVar[str] = "branches.voice"
    customer: UUID
    step: str
    mood: str


@dataclass(frozen=True, kw_only=True)
class VoiceAnswered(Event):
    """The owner of the step answered a customer."""

    kind: ClassVar[str] = "branches.voice_answered"
    subject_type: ClassVar[str] = "branches.voice"
    customer: UUID


@dataclass(frozen=True, kw_only=True)
class ScoreContested(Event):
    """Somebody disagrees with a score, or the contest was answered."""

    kind: ClassVar[str] = "branches.score_contested"
    subject_type: ClassVar[str] = "branches.score"
    answered: bool


@dataclass(frozen=True, kw_only=True)
class OwnershipGiven(Event):
    """A department answers for something from a day on."""

    kind: ClassVar[str] = "branches.ownership_given"
    subject_type: ClassVar[str] = "branches.ownership"
    owned: str
    department: UUID
    valid_from: date
