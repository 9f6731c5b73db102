"""What happens to entry codes and to registrations of brokers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class CodeGiven(Event):
    """A place or a person got an entry code."""

    kind: ClassVar[str] = "branches.code_given"
    subject_type: ClassVar[str] = "branches.entrycode"
    unit: UUID
    person: UUID | None


@dataclass(frozen=True, kw_only=True)
class CodeEnded(Event):
    """An entry code leads nowhere any more; `why` is a value of states.CodeEnd."""

    kind: ClassVar[str] = "branches.code_ended"
    subject_type: ClassVar[str] = "branches.entrycode"
    why: str


@dataclass(frozen=True, kw_only=True)
class BrokerRegistered(Event):
    """A natural person was registered as broker of a unit."""

    kind: ClassVar[str] = "branches.broker_registered"
    subject_type: ClassVar[str] = "branches.broker"
    unit: UUID
    until: date


@dataclass(frozen=True, kw_only=True)
class BrokerEnded(Event):
    """A registration ends on a day, or is suspended from it on."""

    kind: ClassVar[str] = "branches.broker_ended"
    subject_type: ClassVar[str] = "branches.broker"
    on: date
    suspended: bool
