"""Service points at the partner bank, one open and one planned, and an outlet with a new name."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from branches.models import OrgUnit, PointHost, Room, Service, StaffAssignment
from branches.states import Access, Language, ProcedureKind, RoomKind
from branches.use_cases.assign_staff import assign_staff
from branches.use_cases.entry_codes import give_code
from branches.use_cases.procedures import do_step, start_procedure
from branches.use_cases.rename_unit import rename_unit
from branches.use_cases.service_points import Desk, open_service_point
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.network import BUILDER
from brokerage.reference.models import Division
from brokerage.users.models import User
from partners.models import Partner

SINCE = date(2026, 1, 5)
MORNING = (time(9, 0), time(11, 30))
SERVICES = ("open_account", "change_details", "suitability", "elderly_help")
RENAMED = "JH-LX"
AHEAD = timedelta(days=30)


def build_points(*, at: datetime) -> int:
    """Open the point and plan the new name unless they are there; returns how many are new."""
    if PointHost.objects.exists():
        return 0
    outlet = OrgUnit.objects.get(code="JH-01")
    since = min(SINCE, business_date(at))
    point = _open(outlet, since, at)
    officer = StaffAssignment.objects.get(unit=outlet, role=Role.OPENING_OFFICER).user
    assign_staff(
        user=officer,
        unit=point,
        role=Role.OPENING_OFFICER,
        valid_from=since,
        actor=BUILDER,
        at=at,
    )
    Room.objects.create(
        unit=point, name="1号窗口", kind=RoomKind.COUNTER, valid_from=since, created_at=at
    )
    give_code(unit=point, ends_at=at + timedelta(days=365), label="柜台立牌", actor=BUILDER, at=at)
    rename_unit(
        unit=OrgUnit.objects.get(code=RENAMED),
        name_zh="兰溪兰江证券营业部",
        name_en="Lanxi Lanjiang",
        valid_from=business_date(at) + AHEAD,
        reason="更名批复〔2026〕12号",
        actor=BUILDER,
        at=at,
    )
    _plan(OrgUnit.objects.get(code="JH-YW"), at)
    return 3


def _plan(parent: OrgUnit, at: datetime) -> None:
    """A point that opens in a month: the place is agreed, people are still to be found."""
    opens = business_date(at) + AHEAD
    procedure = start_procedure(
        kind=ProcedureKind.POINT,
        parent=parent,
        effective_on=opens,
        plan={
            "institution": str(Partner.objects.order_by("pk")[0].ref),
            "host_zh": "婺江银行义乌商城支行",
            "host_en": "Wujiang Bank, Yiwu Market",
            "desk_zh": "二楼贵宾区旁",
            "desk_en": "Second floor, beside the lounge",
            "code": "JH-YW-P1",
            "name_zh": "义乌商城服务点",
            "name_en": "Yiwu Market service point",
            "address_zh": "义乌市稠州北路699号",
            "address_en": "699 North Chouzhou Road, Yiwu",
            "division": "330782",
            "phone": "0579-5550 1901",
            "week": "9:00-11:30",
            "services": ["open_account", "change_details"],
            "codes_until": (opens + timedelta(days=365)).isoformat(),
        },
        actor=BUILDER,
        at=at,
    )
    boss = User.objects.get(email="headoffice@demo.example")
    do_step(step=procedure.steps.all()[0], user=boss, at=at)


def _open(outlet: OrgUnit, since: date, at: datetime) -> OrgUnit:
    """Three mornings a week in the hall of the bank."""
    return open_service_point(
        parent=outlet,
        code="JH-01-P1",
        name_zh="金华江北服务点",
        name_en="Jinhua Jiangbei service point",
        desk=Desk(
            institution=Partner.objects.order_by("pk")[0].ref,
            name_zh="婺江银行江北支行",
            name_en="Wujiang Bank, Jiangbei",
            desk_zh="大堂进门左手边",
            desk_en="On the left as you come in",
        ),
        place={
            "division": Division.objects.get(code="330702"),
            "address_zh": "金华市婺城区解放西路333号",
            "address_en": "333 West Jiefang Road, Wucheng District, Jinhua",
            "lon": Decimal("119.63"),
            "lat": Decimal("29.11"),
            "phone": "0579-5550 1900",
            "access": [Access.STEP_FREE],
            "languages": [Language.MANDARIN],
            "directions_zh": "婺江银行大堂，取号机旁",
            "directions_en": "In the hall of Wujiang Bank, beside the ticket machine",
        },
        week={day: [MORNING] for day in (1, 3, 5)},
        services=Service.objects.filter(code__in=SERVICES),
        opened_on=since,
        actor=BUILDER,
        at=at,
    )
