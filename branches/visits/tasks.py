"""Background work of visits: holds that run out, the wait-list, reminders, who did not come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from branches.models import OrgUnit, PointHost, UnitProcedure
from branches.states import ProcedureKind, ProcedureStatus
from branches.visits.figures import figures_on
from branches.visits.models import Visit, WaitEntry
from branches.visits.states import AHEAD, WaitStatus
from branches.visits.use_cases.expire_holds import SYSTEM, expire_holds
from branches.visits.use_cases.rehome_visits import rehome_visits, tell_of_new_address
from branches.visits.use_cases.remind_of_visit import remind_of_visit
from branches.visits.use_cases.serve_visitor import UnableToServe, miss_visit
from branches.visits.use_cases.wait_list import offer_free_times
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from brokerage.journal.actors import Actor

BATCH = 1_000
FOLLOWS = Actor.system("branches.follow_procedure")


@job(Lane.INTERACTIVE)
def refill(unit: str) -> None:
    """Offer what became free at an outlet to those who wait there."""
    found = OrgUnit.objects.get(ref=UUID(unit))
    if WaitEntry.objects.filter(unit=found, status=WaitStatus.WAITING).exists():
        offer_free_times(unit=found, at=clock.now())


@job(Lane.BULK)
def follow_procedure(procedure: str) -> None:
    """Move or note the visits that an announced closing or relocation concerns."""
    _follow(UnitProcedure.objects.select_related("unit").get(ref=UUID(procedure)))


@job(Lane.BULK)
def leave_point(unit: str) -> None:
    """Move the visits at a service point whose institution is one no longer to the unit above."""
    point, at = OrgUnit.objects.get(ref=UUID(unit)), clock.now()
    today = clock.business_date(at)
    above = OrgUnit.objects.above(point, today).first()
    stands_again = PointHost.objects.on(today).filter(unit=point).exists()
    if above is not None and not stands_again:
        rehome_visits(unit=point, there=above, since=today, actor=FOLLOWS, at=at)


@schedule("50 22 * * *")  # 06:50 in Shanghai
def follow_procedures(timestamp: int) -> None:
    """Once more every morning: visits were booked since the announcement."""
    rows = UnitProcedure.objects.filter(status=ProcedureStatus.RUNNING, announced_on__isnull=False)
    for row in rows.select_related("unit").order_by("pk"):
        _follow(row)


def _follow(row: UnitProcedure) -> None:
    if row.unit is None or not row.is_running:
        return
    common: dict[str, Any] = {"since": row.effective_on, "actor": FOLLOWS, "at": clock.now()}
    if row.kind == ProcedureKind.CLOSING:
        there = OrgUnit.objects.get(ref=row.plan["successor"])
        rehome_visits(unit=row.unit, there=there, **common)
    elif row.kind == ProcedureKind.RELOCATION:
        tell_of_new_address(unit=row.unit, **common)


@schedule("* * * * *")
def free_holds(timestamp: int) -> None:
    """Free held times that nobody booked; what they leave is offered by the event's handler."""
    expire_holds(at=clock.now())


@schedule("*/10 * * * *")
def ask_all_wait_lists(timestamp: int) -> None:
    """Ask again where somebody waits: hours, people or rooms may have been added."""
    at = clock.now()
    waiting = WaitEntry.objects.filter(status=WaitStatus.WAITING)
    for unit in OrgUnit.objects.filter(pk__in=waiting.values("unit")).order_by("pk"):
        offer_free_times(unit=unit, at=at)


@schedule("*/10 * * * *")
def send_reminders(timestamp: int) -> None:
    """Remind of visits that come up, each once for its time."""
    at = clock.now()
    for visit in due_for_reminder(at)[:BATCH]:
        remind_of_visit(visit=visit, at=at)


@schedule("*/10 * * * *")
def note_who_did_not_come(timestamp: int) -> None:
    """A booked visit whose time has ended without its customer was missed."""
    at = clock.now()
    rows = Visit.objects.filter(status__in=AHEAD, ends_at__lt=at).order_by("starts_at", "pk")
    for visit in rows[:BATCH]:
        try:
            miss_visit(visit=visit, actor=SYSTEM, at=at)
        except UnableToServe:
            continue  # checked in or cancelled a moment ago


def due_for_reminder(at: datetime) -> list[Visit]:
    """Visits that begin within the reminder's time, were booked before it and not reminded of."""
    before = figures_on(clock.business_date(at)).reminder
    rows = Visit.objects.filter(
        status__in=AHEAD, reminded_at=None, starts_at__gt=at, starts_at__lte=at + before
    )
    found = rows.select_related("customer__user", "purpose", "unit").order_by("starts_at", "pk")
    return [visit for visit in found if _booked_early(visit, before)]


def _booked_early(visit: Visit, before: timedelta) -> bool:
    """Whoever books for this afternoon has just read what to bring."""
    return visit.starts_at is not None and visit.created_at < visit.starts_at - before
