"""An outlet that works, and visits in any state, made through the use cases."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from branches.models import HoursException, OrgUnit, Room
from branches.states import Kind, RoomKind
from branches.use_cases.set_hours import set_hours
from branches.use_cases.set_profile import set_profile
from branches.visits.models import Purpose, Visit, WaitEntry
from branches.visits.use_cases.book_visit import book_visit
from branches.visits.use_cases.hold_slot import hold_slot
from branches.visits.use_cases.wait_list import join_wait_list
from brokerage.core.clock import SHANGHAI, today
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from tests.branches.factories import (
    ACTOR,
    LONG_AGO,
    OPENED,
    give_licence,
    make_division,
    make_staff,
    make_unit,
    offer,
)
from tests.customers.factories import a_customer

_numbers = count(1)
MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
MORNING = (time(9, 0), time(12, 0))
WEEK = {day: [MORNING] for day in range(1, 6)}
LICENCES = {
    Role.OPENING_OFFICER: ("general", "witness", "recording"),
    Role.ADVISER: ("general", "adviser", "fund_sales"),
    Role.BRANCH_MANAGER: ("general", "witness"),
}
ROOMS = (("窗口", RoomKind.COUNTER), ("洽谈室", RoomKind.TALK), ("双录室", RoomKind.RECORDING))


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """An instant by the clock of Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def purpose(code: str = "finish_step") -> Purpose:
    """A purpose of the release."""
    return Purpose.objects.select_related("service").get(code=code)


def an_outlet(*roles: str, counters: int = 1, **values: Any) -> OrgUnit:
    """An outlet in Jinhua, open from 9 to 12 on weekdays, with one person for each role."""
    unit = make_unit(Kind.OUTLET, **values)
    place(unit)
    offer(unit, "open_account", "change_details", "double_recording", "advice", "institutions")
    for number in range(counters):
        add_room(unit, f"{number + 1}号窗口", RoomKind.COUNTER)
    for name, kind in ROOMS[1:]:
        add_room(unit, name, kind)
    for role in roles or (Role.OPENING_OFFICER,):
        add_staff(unit, role)
    return OrgUnit.objects.get(pk=unit.pk)


def place(unit: OrgUnit, lon: str = "119.65", lat: str = "29.10", code: str = "330702") -> None:
    """Address, coordinates and hours."""
    set_profile(
        unit=unit,
        valid_from=OPENED,
        actor=ACTOR,
        at=LONG_AGO,
        division=make_division(code),
        address_zh="金华市婺城区双溪西路988号",
        address_en="988 West Shuangxi Road, Wucheng District, Jinhua",
        lon=Decimal(lon),
        lat=Decimal(lat),
        access=["step_free"],
        languages=["cmn"],
        phone="0579-5550 1000",
        directions_zh="人民广场向南步行5分钟",
        directions_en="Five minutes south of Renmin Square",
    )
    set_hours(unit=unit, week=WEEK, valid_from=OPENED, actor=ACTOR, at=LONG_AGO)


def add_room(unit: OrgUnit, name: str, kind: str) -> Room:
    return Room.objects.create(
        unit=unit, name=name, kind=kind, valid_from=OPENED, created_at=LONG_AGO
    )


def add_staff(unit: OrgUnit, role: str) -> Any:
    """Somebody with the role and its licences."""
    user = make_staff(role, unit)
    for kind in LICENCES.get(Role(role), ()):
        give_licence(user, kind)
    return user


def somebody() -> Customer:
    """A customer with a number of their own."""
    made: Customer = a_customer(f"+8613700{next(_numbers):06}")
    return made


def a_wait(unit: OrgUnit, customer: Customer | None = None) -> WaitEntry:
    """An entry of the wait-list for Monday and Tuesday."""
    return join_wait_list(
        customer=customer or somebody(),
        unit=unit,
        purpose=purpose(),
        first_day=MONDAY,
        last_day=TUESDAY,
        actor=ACTOR,
        at=at(9, 30),
    )


def a_visit(
    unit: OrgUnit | None = None,
    *,
    customer: Customer | None = None,
    starts_at: datetime | None = None,
    code: str = "finish_step",
    booked: bool = True,
    now: datetime | None = None,
    **more: Any,
) -> Visit:
    """A booked visit tomorrow at nine, or only held."""
    now = now or at(10)
    visit = hold_slot(
        customer=customer or somebody(),
        unit=unit or an_outlet(),
        purpose=purpose(code),
        starts_at=starts_at or at(9, day=TUESDAY),
        actor=ACTOR,
        at=now,
        **more,
    )
    return book_visit(visit=visit, actor=ACTOR, at=now + timedelta(minutes=1)) if booked else visit


def around_the_clock(unit: OrgUnit) -> OrgUnit:
    """The outlet never closes, so that a test in real time does not depend on the hour."""
    HoursException.objects.bulk_create(
        HoursException(
            unit=unit,
            day=today() + timedelta(days=number),
            opens=time(0, 0),
            closes=time(23, 59),
        )
        for number in range(16)
    )
    return unit
