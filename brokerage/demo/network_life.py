"""What goes on in the demonstration's network: codes, brokers, licences, leave, a move."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from branches.models import Absence, OrgUnit, StaffAssignment, UnitLicence
from branches.states import Kind, LeaveKind, ProcedureKind
from branches.use_cases.brokers import register_broker
from branches.use_cases.entry_codes import give_code
from branches.use_cases.procedures import do_step, start_procedure
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.network import BUILDER
from brokerage.users.models import User

SINCE = date(2021, 6, 1)
BROKERS = [
    ("JH-YW", "钱一诺", "Qian Yinuo", "33078219900307421", "S1230521000101"),
    ("JH-01", "冯南乔", "Feng Nanqiao", "33070219880914302", "S1230521000102"),
]
"""Outlet, names, the first 17 digits of an invented identity number, certificate."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DUE_SOON = "JH-DY"
"""The head of this outlet has a forced leave ahead."""


def build_network_life(*, at: datetime) -> int:
    """Make all of it unless it is there; returns how many things are new."""
    if UnitLicence.objects.exists():
        return 0
    outlets = list(OrgUnit.objects.filter(kind=Kind.OUTLET).order_by("code"))
    made = _licences(outlets, at) + _forced_leave(at)
    made += _brokers({unit.code: unit for unit in outlets}, at)
    made += _codes([unit for unit in outlets if unit.code.startswith("JH-")], at)
    return made + _move(OrgUnit.objects.get(code="JH-PJ"), at)


def _licences(outlets: list[OrgUnit], at: datetime) -> int:
    rows = [
        UnitLicence(
            unit=unit,
            number=f"ZD{unit.division_code}{number:04}",
            issuer="中国证监会",
            valid_from=max(SINCE, unit.opened_on),
            displayed_since=business_date(at) - timedelta(days=30 + number),
            created_at=at,
        )
        for number, unit in enumerate(outlets, start=1)
    ]
    return len(UnitLicence.objects.bulk_create(rows))


def _forced_leave(at: datetime) -> int:
    """Every head was away within the term; one comes due in twenty-five days."""
    today = business_date(at)
    heads = StaffAssignment.objects.filter(role=Role.BRANCH_MANAGER, acting=False)
    rows = []
    for number, head in enumerate(heads.select_related("unit").order_by("unit__code")):
        ended = today - timedelta(days=200 + number * 7)
        if head.unit.code == DUE_SOON:
            ended = (today + timedelta(days=25)).replace(year=today.year - 3, day=1)
        rows.append(
            Absence(
                user_id=head.user_id,
                kind=LeaveKind.FORCED,
                valid_from=ended - timedelta(days=16),
                valid_to=ended,
                created_at=at,
            )
        )
    return len(Absence.objects.bulk_create(rows))


def _brokers(outlets: dict[str, OrgUnit], at: datetime) -> int:
    today = business_date(at)
    for code, zh, en, digits, number in BROKERS:
        check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]
        broker = register_broker(
            unit=outlets[code],
            name_zh=zh,
            name_en=en,
            identity_number=digits + check,
            number=number,
            valid_from=today - timedelta(days=400),
            valid_to=today + timedelta(days=330),
            actor=BUILDER,
            at=at,
        )
        give_code(
            unit=outlets[code],
            broker=broker,
            ends_at=at + timedelta(days=180),
            actor=BUILDER,
            at=at,
        )
    return len(BROKERS)


def _codes(outlets: list[OrgUnit], at: datetime) -> int:
    for unit in outlets:
        give_code(
            unit=unit, label="门口橱窗", ends_at=at + timedelta(days=365), actor=BUILDER, at=at
        )
        adviser = StaffAssignment.objects.filter(unit=unit, role=Role.ADVISER).first()
        if adviser is not None:
            give_code(
                unit=unit,
                person=adviser.user,
                ends_at=at + timedelta(days=365),
                actor=BUILDER,
                at=at,
            )
    return 2 * len(outlets)


def _move(unit: OrgUnit, at: datetime) -> int:
    """A move in six weeks, its first steps done."""
    procedure = start_procedure(
        kind=ProcedureKind.RELOCATION,
        unit=unit,
        effective_on=business_date(at) + timedelta(days=44),
        plan={
            "address_zh": "浦江县和平北路88号",
            "address_en": "88 North Heping Road, Pujiang",
            "division": "330726",
        },
        actor=BUILDER,
        at=at,
    )
    boss = User.objects.get(email="headoffice@demo.example")
    for step in procedure.steps.all()[:2]:
        do_step(step=step, user=boss, at=at)
    return 1
