"""What happens in guided procedures and departures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class ProcedureStarted(Event):
    """An opening, move, closing or change of type was planned."""

    kind: ClassVar[str] = "branches.procedure_started"
    subject_type: ClassVar[str] = "branches.unitprocedure"
    procedure: str
    unit: UUID | None
    on: date
    rule: str


@dataclass(frozen=True, kw_only=True)
class StepDone(Event):
    """Somebody did a step of a procedure."""

    kind: ClassVar[str] = "branches.step_done"
    subject_type: ClassVar[str] = "branches.unitprocedure"
    step: str


@dataclass(frozen=True, kw_only=True)
class ProcedureAnnounced(Event):
    """What will happen to a unit was announced; customers are told."""

    kind: ClassVar[str] = "branches.procedure_announced"
    subject_type: ClassVar[str] = "branches.unitprocedure"
    procedure: str
    unit: UUID | None
    on: date


@dataclass(frozen=True, kw_only=True)
class ProcedurePostponed(Event):
    """It takes effect on another day."""

    kind: ClassVar[str] = "branches.procedure_postponed"
    subject_type: ClassVar[str] = "branches.unitprocedure"
    on: date


@dataclass(frozen=True, kw_only=True)
class ProcedureDone(Event):
    """It took effect; higher apps follow."""

    kind: ClassVar[str] = "branches.procedure_done"
    subject_type: ClassVar[str] = "branches.unitprocedure"
    procedure: str
    unit: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class ProcedureCancelled(Event):
    """It was called off."""

    kind: ClassVar[str] = "branches.procedure_cancelled"
    subject_type: ClassVar[str] = "branches.unitprocedure"


@dataclass(frozen=True, kw_only=True)
class CustomersMoved(Event):
    """Customers of a unit that closes are at home elsewhere now."""

    kind: ClassVar[str] = "branches.customers_moved"
    subject_type: ClassVar[str] = "branches.orgunit"
    to: UUID
    number: int


@dataclass(frozen=True, kw_only=True)
class DepartureStarted(Event):
    """Somebody leaves; a successor takes over."""

    kind: ClassVar[str] = "branches.departure_started"
    subject_type: ClassVar[str] = "branches.departure"
    user: UUID
    successor: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class DepartureDone(Event):
    """Nothing of the person's work stays behind."""

    kind: ClassVar[str] = "branches.departure_done"
    subject_type: ClassVar[str] = "branches.departure"
    user: UUID
