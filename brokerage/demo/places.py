"""Addresses, hours, services, rooms and licences of the demonstration's outlets."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Q

from branches.content import MATRIX
from branches.models import (
    Licence,
    LicenceKind,
    OrgUnit,
    Room,
    Service,
    StaffAssignment,
    UnitProfile,
)
from branches.states import Access, Kind, Language, OutletType, RoomKind
from branches.use_cases.set_hours import Week, set_hours
from branches.use_cases.set_profile import set_profile
from branches.use_cases.set_services import set_services
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.network import BUILDER
from brokerage.reference.models import Division, Rule

FILE = Path(__file__).parent / "data" / "places.yaml"
SINCE = date(2018, 1, 2)
HELD: dict[str, tuple[str, ...]] = {
    Role.BRANCH_MANAGER: ("general", "witness"),
    Role.OPENING_OFFICER: ("general", "witness", "recording"),
    Role.ADVISER: ("general", "adviser", "fund_sales", "margin", "options"),
}
EXPIRING = (5, 21, 64)
"""Days from now on which three licences of the Jinhua outlets end, so that there is work."""
MORNING, AFTERNOON = (time(9, 0), time(11, 30)), (time(13, 0), time(17, 0))
THROUGH, SATURDAY = (time(9, 0), time(17, 0)), (time(9, 30), time(15, 0))


def build_places(*, at: datetime) -> int:
    """Say where each outlet is and what it offers; returns how many are new."""
    known = set(UnitProfile.objects.values_list("unit__code", flat=True))
    outlets = {unit.code: unit for unit in OrgUnit.objects.filter(kind=Kind.OUTLET)}
    plan = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    divisions = {one.code: one for one in Division.objects.all()}
    matrix = Rule.objects.in_force(MATRIX, business_date(at)).figure
    services = list(Service.objects.all())
    new = [code for code in plan if code in outlets and code not in known]
    for number, code in enumerate(new):
        unit = outlets[code]
        since = min(max(SINCE, unit.opened_on), business_date(at))
        _place(unit, plan[code], divisions[unit.division_code], number, since, at)
        set_hours(unit=unit, week=_week(unit), valid_from=since, actor=BUILDER, at=at)
        offered = [one for one in services if one.code in matrix[unit.outlet_type]]
        set_services(unit=unit, services=offered, valid_from=since, actor=BUILDER, at=at)
        _rooms(unit, since, at)
    if new:
        _licences(at)
    return len(new)


def _place(
    unit: OrgUnit,
    row: dict[str, Any],
    division: Division,
    number: int,
    since: date,
    at: datetime,
) -> None:
    access = [Access.GUIDE_DOGS, Access.LOW_COUNTER]
    if unit.outlet_type != OutletType.B:
        access.append(Access.STEP_FREE)
    if unit.outlet_type == OutletType.A:
        access += [Access.LIFT, Access.TOILET, Access.HEARING_LOOP, Access.PARKING]
    languages = [Language.MANDARIN]
    if unit.code.startswith(("SH-", "BJ-", "GD-", "ZJ-HZ", "JH-YW", "JH-01")):
        languages.append(Language.ENGLISH)
    if unit.code.startswith("GD-"):
        languages.append(Language.CANTONESE)
    set_profile(
        unit=unit,
        valid_from=since,
        actor=BUILDER,
        at=at,
        division=division,
        address_zh=row["zh"],
        address_en=row["en"],
        lon=Decimal(str(row["lon"])),
        lat=Decimal(str(row["lat"])),
        phone=f"{row['area']}-5550 {1000 + number * 11}",
        directions_zh=row["way_zh"],
        directions_en=row["way_en"],
        access=access,
        languages=languages,
    )


def _week(unit: OrgUnit) -> Week:
    """C outlets rest at noon; larger ones do not, and open on Saturday."""
    if unit.outlet_type == OutletType.C:
        return {day: [MORNING, AFTERNOON] for day in range(1, 6)}
    return {**{day: [THROUGH] for day in range(1, 6)}, 6: [SATURDAY]}


def _rooms(unit: OrgUnit, since: date, at: datetime) -> None:
    plan = [("1号窗口", RoomKind.COUNTER, 1, True), ("洽谈室", RoomKind.TALK, 4, True)]
    if unit.outlet_type != OutletType.C:
        plan += [("2号窗口", RoomKind.COUNTER, 1, False), ("投教厅", RoomKind.HALL, 40, True)]
    plan.append(("双录室", RoomKind.RECORDING, 3, True))
    Room.objects.bulk_create(
        Room(
            unit=unit,
            name=name,
            kind=kind,
            seats=seats,
            step_free=step_free,
            valid_from=since,
            created_at=at,
        )
        for name, kind, seats, step_free in plan
    )


def _licences(at: datetime) -> None:
    """Licences by role for everybody who stands at a counter; three end soon."""
    kinds = {kind.code: kind for kind in LicenceKind.objects.all()}
    today = business_date(at)
    ends = iter(EXPIRING)
    rows, number = [], 0
    counters = Q(unit__kind=Kind.OUTLET) | Q(role=Role.OPENING_OFFICER)
    staff = StaffAssignment.objects.filter(counters, user__licences=None)
    for assignment in staff.select_related("unit").order_by("unit__code", "role"):
        for code in HELD.get(assignment.role, ()):
            number += 1
            soon = assignment.unit.code.startswith("JH-") and code == "recording"
            days = next(ends, None) if soon else None
            rows.append(
                Licence(
                    user_id=assignment.user_id,
                    kind=kinds[code],
                    number=f"S{kinds[code].position:02}{number:08}",
                    issuer=kinds[code].issuer,
                    valid_from=assignment.valid_from,
                    valid_to=today + timedelta(days=days) if days else None,
                    created_at=at,
                )
            )
    Licence.objects.bulk_create(rows)
