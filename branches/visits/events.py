"""What happens to visits, the wait-list and blocked time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class VisitEvent(Event):
    """Base: something happened to a visit."""

    subject_type: ClassVar[str] = "branches.visit"


@dataclass(frozen=True, kw_only=True)
class VisitHeld(VisitEvent):
    """A time is kept free for a customer for some minutes."""

    kind: ClassVar[str] = "branches.visit_held"
    unit: UUID
    purpose: str
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class VisitBooked(VisitEvent):
    """The customer took the held time."""

    kind: ClassVar[str] = "branches.visit_booked"
    unit: UUID
    purpose: str
    starts_at: datetime
    subject_ref: UUID | None
    step: str


@dataclass(frozen=True, kw_only=True)
class VisitConfirmed(VisitEvent):
    """The customer said again that they come."""

    kind: ClassVar[str] = "branches.visit_confirmed"


@dataclass(frozen=True, kw_only=True)
class VisitMoved(VisitEvent):
    """The visit has another time, person or room."""

    kind: ClassVar[str] = "branches.visit_moved"
    unit: UUID
    before: datetime
    starts_at: datetime
    by_staff: bool


@dataclass(frozen=True, kw_only=True)
class VisitRehomed(VisitEvent):
    """The outlet closes; the visit takes place at the one that follows."""

    kind: ClassVar[str] = "branches.visit_rehomed"
    unit: UUID
    left: UUID
    before: datetime
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class VisitRelocated(VisitEvent):
    """The outlet has another address by the day of the visit."""

    kind: ClassVar[str] = "branches.visit_relocated"
    unit: UUID
    on: date


@dataclass(frozen=True, kw_only=True)
class VisitHandedOn(VisitEvent):
    """Booked in somebody's name by others, the visit is the customer's own from now on."""

    kind: ClassVar[str] = "branches.visit_handed_on"


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(VisitEvent):
    """The visit does not take place; its time is free again."""

    kind: ClassVar[str] = "branches.visit_cancelled"
    unit: UUID
    starts_at: datetime | None
    by_staff: bool
    was_held: bool


@dataclass(frozen=True, kw_only=True)
class HoldExpired(VisitEvent):
    """The customer did not book the held time."""

    kind: ClassVar[str] = "branches.visit_expired"
    unit: UUID
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class VisitorArrived(VisitEvent):
    """Somebody drew a ticket: with a booked time, or as a walk-in."""

    kind: ClassVar[str] = "branches.visitor_arrived"
    unit: UUID
    ticket: str
    walked_in: bool


@dataclass(frozen=True, kw_only=True)
class VisitorCalled(VisitEvent):
    """A ticket was called to a counter."""

    kind: ClassVar[str] = "branches.visitor_called"
    ticket: str
    desk: str


@dataclass(frozen=True, kw_only=True)
class VisitorPutBack(VisitEvent):
    """A called ticket waits again."""

    kind: ClassVar[str] = "branches.visitor_put_back"
    ticket: str


@dataclass(frozen=True, kw_only=True)
class VisitStarted(VisitEvent):
    """Serving began."""

    kind: ClassVar[str] = "branches.visit_started"


@dataclass(frozen=True, kw_only=True)
class VisitDone(VisitEvent):
    """Serving ended. Apps above learn here that their step may be finished."""

    kind: ClassVar[str] = "branches.visit_done"
    unit: UUID
    purpose: str
    subject_ref: UUID | None
    step: str


@dataclass(frozen=True, kw_only=True)
class VisitMissed(VisitEvent):
    """The customer did not come, or not to the counter."""

    kind: ClassVar[str] = "branches.visit_missed"
    unit: UUID
    purpose: str
    subject_ref: UUID | None
    step: str


@dataclass(frozen=True, kw_only=True)
class WaitEvent(Event):
    """Base: something happened to an entry of the wait-list."""

    subject_type: ClassVar[str] = "branches.waitentry"


@dataclass(frozen=True, kw_only=True)
class WaitJoined(WaitEvent):
    """A customer waits for a time to be freed."""

    kind: ClassVar[str] = "branches.wait_joined"
    unit: UUID
    purpose: str
    first_day: date
    last_day: date


@dataclass(frozen=True, kw_only=True)
class WaitOffered(WaitEvent):
    """A freed time is held for the customer."""

    kind: ClassVar[str] = "branches.wait_offered"
    visit: UUID
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class WaitEnded(WaitEvent):
    """The entry ended: booked, expired or left."""

    kind: ClassVar[str] = "branches.wait_ended"
    status: str


@dataclass(frozen=True, kw_only=True)
class TimeBlocked(Event):
    """A person or room cannot be booked for some hours."""

    kind: ClassVar[str] = "branches.time_blocked"
    subject_type: ClassVar[str] = "branches.blockedtime"
    unit: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class TimeReleased(Event):
    """A blocked time can be booked again."""

    kind: ClassVar[str] = "branches.time_released"
    subject_type: ClassVar[str] = "branches.blockedtime"
