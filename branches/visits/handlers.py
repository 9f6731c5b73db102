"""What follows when something happened to a visit: messages, and asking the wait-list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from branches.models import OrgUnit, UnitProcedure
from branches.place_events import HostingEnded
from branches.states import ProcedureKind
from branches.visits.events import (
    HoldExpired,
    VisitBooked,
    VisitCancelled,
    VisitMissed,
    VisitMoved,
    VisitRehomed,
    VisitRelocated,
    WaitOffered,
)
from branches.visits.models import Visit
from branches.visits.tasks import leave_point, refill
from branches.visits.wording import send_about
from brokerage.core.display.languages import in_each_language


def tell_booked(event: VisitBooked, entry: Any) -> None:
    """What was booked, and what to bring."""
    tell(event.subject, event.kind, entry, bring=True)


def tell_moved(event: VisitMoved, entry: Any) -> None:
    """Only when the outlet moved it; the customer knows what they did themselves."""
    refill.defer(unit=str(event.unit))
    if event.by_staff:
        tell(event.subject, event.kind, entry, before=event.before.isoformat())


def tell_rehomed(event: VisitRehomed, entry: Any) -> None:
    """The outlet closes: where and when instead."""
    left = OrgUnit.objects.get(ref=event.left)
    tell(
        event.subject,
        event.kind,
        entry,
        bring=True,
        before=event.before.isoformat(),
        left=in_each_language(lambda: left.name),
    )


def tell_relocated(event: VisitRelocated, entry: Any) -> None:
    """The outlet is elsewhere by then: its new address."""
    procedure = UnitProcedure.objects.filter(
        unit__ref=event.unit, kind=ProcedureKind.RELOCATION, effective_on=event.on
    ).latest("pk")
    tell(event.subject, event.kind, entry, address=procedure.new_address)


def tell_cancelled(event: VisitCancelled, entry: Any) -> None:
    """Only when the outlet cancelled it; the time goes to the wait-list either way."""
    refill.defer(unit=str(event.unit))
    if event.by_staff and event.starts_at and not event.was_held:
        tell(event.subject, event.kind, entry)


def tell_offered(event: WaitOffered, entry: Any) -> None:
    """A freed time is held for somebody who waits."""
    tell(event.visit, event.kind, entry, until=event.until.isoformat())


def leave(event: HostingEnded, entry: Any) -> None:
    """Visits at a service point that stands nowhere now go to the unit above it."""
    leave_point.defer(unit=str(event.subject))


def ask_wait_list(event: HoldExpired | VisitMissed, entry: Any) -> None:
    """A time is free again."""
    refill.defer(unit=str(event.unit))


def tell(ref: UUID, kind: str, entry: Any, *, bring: bool = False, **more: Any) -> None:
    """Write to the customer of a visit; the same entry writes once."""
    visit = Visit.objects.select_related("customer__user", "purpose", "unit").get(ref=ref)
    send_about(visit, kind, at=entry.at, key=f"{kind}:{entry.ref}", bring=bring, **more)
