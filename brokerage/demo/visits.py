"""Visits of the demonstration: a morning's queue in Jinhua, a history, a wait-list, blocked time.

Everything counts from the instant of the build, so that today's queue is today's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.states import Status
from branches.models import OrgUnit, Room, StaffAssignment
from branches.states import RoomKind
from branches.visits.models import Purpose, Visit
from branches.visits.selectors import FreeTime, free_times
from branches.visits.supply import moment
from branches.visits.use_cases.block_time import block_time
from branches.visits.use_cases.book_visit import book_visit, confirm_visit
from branches.visits.use_cases.hold_slot import hold_slot
from branches.visits.use_cases.receive_visitor import check_in, take_walk_in
from branches.visits.use_cases.serve_visitor import (
    call_visitor,
    finish_visit,
    miss_visit,
    start_serving,
)
from branches.visits.use_cases.wait_list import join_wait_list
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.demo.network import BUILDER
from brokerage.users.models import User

TAKEN = (Status.APPROVED, Status.OPENING, Status.VISIT, Status.ACTIVE)
"""Whose application was accepted comes for something else."""
LIVELY, FULL = "JH-01", "JH-YW"
HISTORY, EVERY_MISSED = 21, 9  # past visits, and which of them nobody came to
WALK_INS = (("finish_step", 34, True), ("open_account", 26, False), ("change_details", 12, False))
"""Purpose, minutes ago, and whether somebody aged goes first."""


@dataclass(frozen=True)
class Stage:
    """The outlet, its people and customers at the instant of the build."""

    unit: OrgUnit
    officer: User
    customers: list[Customer]
    newcomers: list[Customer]
    purposes: dict[str, Purpose]
    at: datetime

    @property
    def today(self) -> date:
        return business_date(self.at)


def build_visits(*, at: datetime) -> int:
    """Make the visits when there are none; returns how many."""
    if Visit.objects.exists():
        return 0
    stage = _stage(LIVELY, at)
    _history(stage)
    _today(stage)
    _ahead(stage)
    _full_house(_stage(FULL, at))
    return Visit.objects.count()


def _stage(code: str, at: datetime) -> Stage:
    unit = OrgUnit.objects.get(code=code)
    officer = StaffAssignment.objects.filter(unit=unit, role=Role.OPENING_OFFICER).latest("pk")
    return Stage(
        unit=unit,
        officer=officer.user,
        customers=list(Customer.objects.order_by("pk")),
        newcomers=list(Customer.objects.exclude(applications__status__in=TAKEN).order_by("pk")),
        purposes={one.code: one for one in Purpose.objects.select_related("service")},
        at=at,
    )


def _free(stage: Stage, code: str, *, at: datetime, **days: date) -> list[FreeTime]:
    found = free_times([stage.unit], stage.purposes[code], at=at, **days)
    return [one for day in found.get(stage.unit.pk, []) for one in day.times]


def _booked(stage: Stage, number: int, code: str, starts_at: datetime, at: datetime) -> Visit:
    people = stage.newcomers if code == "open_account" else stage.customers
    visit = hold_slot(
        customer=people[number % len(people)],
        unit=stage.unit,
        purpose=stage.purposes[code],
        starts_at=starts_at,
        actor=BUILDER,
        at=at,
    )
    return book_visit(visit=visit, actor=BUILDER, at=at + timedelta(minutes=2))


def _served(stage: Stage, visit: Visit, at: datetime, desk: str = "1") -> None:
    call_visitor(visit=visit, user=stage.officer, desk=desk, at=at)
    start_serving(visit=visit, user=stage.officer, at=at + timedelta(minutes=1))
    finish_visit(visit=visit, user=stage.officer, at=at + timedelta(minutes=14))


def _history(stage: Stage) -> None:
    """Enough finished visits for a rate of those who did not come."""
    weeks_ago = stage.at - timedelta(weeks=4)
    times = _free(stage, "finish_step", at=weeks_ago, last=stage.today - timedelta(days=2))
    for number, one in enumerate(times[:: max(1, len(times) // HISTORY)][:HISTORY]):
        before = one.starts_at - timedelta(days=2)
        visit = _booked(stage, number, "finish_step", one.starts_at, before)
        if number % EVERY_MISSED == EVERY_MISSED - 1:
            miss_visit(visit=visit, actor=BUILDER, at=one.starts_at + timedelta(minutes=20))
            continue
        arrived = check_in(
            visit=visit, actor=BUILDER, at=one.starts_at - timedelta(minutes=number % 7)
        )
        _served(stage, arrived, one.starts_at + timedelta(minutes=number % 5))


def _today(stage: Stage) -> None:
    """Somebody at the counter, three who walked in, and who is booked for the rest of the day."""
    yesterday = stage.at - timedelta(days=1)
    times = _free(stage, "open_account", at=yesterday, first=stage.today, last=stage.today)
    past = [one for one in times if one.starts_at < stage.at - timedelta(minutes=40)]
    coming = [one for one in times if one.starts_at > stage.at + timedelta(minutes=10)]
    if past:
        visit = _booked(stage, 11, "open_account", past[-1].starts_at, yesterday)
        _served(
            stage, check_in(visit=visit, actor=BUILDER, at=past[-1].starts_at), past[-1].starts_at
        )
    for number, one in enumerate(coming[:4]):
        visit = _booked(stage, 12 + number, "open_account", one.starts_at, yesterday)
        if number == 1:
            confirm_visit(visit=visit, actor=BUILDER, at=stage.at - timedelta(hours=2))
    tickets = [
        take_walk_in(
            unit=stage.unit,
            purpose=stage.purposes[code],
            priority=priority,
            actor=BUILDER,
            at=stage.at - timedelta(minutes=minutes),
        )
        for code, minutes, priority in WALK_INS
    ]
    call_visitor(
        visit=tickets[0], user=stage.officer, desk="1", at=stage.at - timedelta(minutes=9)
    )
    start_serving(visit=tickets[0], user=stage.officer, at=stage.at - timedelta(minutes=8))


def _ahead(stage: Stage) -> None:
    """The customer whose log-in is printed comes on the next open day; a meeting is blocked."""
    tomorrow = stage.today + timedelta(days=1)
    times = _free(stage, "wealth_talk", at=stage.at, first=tomorrow)
    if not times:
        return
    first = times[min(2, len(times) - 1)]
    _booked(stage, 0, "wealth_talk", first.starts_at, stage.at - timedelta(hours=3))
    day = business_date(first.starts_at)
    heads = StaffAssignment.objects.filter(unit=stage.unit, role=Role.BRANCH_MANAGER)
    block_time(
        unit=stage.unit,
        person=heads.latest("pk").user,
        starts_at=moment(day, 9 * 60),
        ends_at=moment(day, 10 * 60),
        note="晨会",
        actor=BUILDER,
        at=stage.at,
    )


def _full_house(stage: Stage) -> None:
    """The room for recordings is under repair today, so that somebody waits for it."""
    room = Room.objects.filter(unit=stage.unit, kind=RoomKind.RECORDING).latest("pk")
    block_time(
        unit=stage.unit,
        room=room,
        starts_at=moment(stage.today, 0),
        ends_at=moment(stage.today + timedelta(days=1), 0),
        note="设备检修",
        actor=BUILDER,
        at=stage.at,
    )
    join_wait_list(
        customer=stage.customers[4],
        unit=stage.unit,
        purpose=stage.purposes["double_recording"],
        first_day=stage.today,
        last_day=stage.today,
        actor=BUILDER,
        at=stage.at - timedelta(hours=1),
    )
