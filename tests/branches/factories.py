"""A small tree and its people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

from django.contrib.auth.models import Group

from branches.models import OrgUnit, StaffAssignment
from branches.states import Kind
from branches.use_cases.assign_staff import assign_staff
from branches.use_cases.open_unit import open_unit
from brokerage.core.roles import Role
from brokerage.journal.actors import Actor
from brokerage.users.models import User

OPENED = date(2020, 1, 1)
LONG_AGO = datetime(2020, 1, 1, 2, 0, tzinfo=UTC)
ACTOR = Actor.system("tests")
_numbers = count(1)


def make_head_office() -> OrgUnit:
    """The one head office, made when it is missing."""
    found = OrgUnit.objects.filter(kind=Kind.HEAD_OFFICE).first()
    return found or make_unit(Kind.HEAD_OFFICE)


def make_unit(kind: str = Kind.OUTLET, under: OrgUnit | None = None, **values) -> OrgUnit:
    """A unit of `kind`; what it has to stand under is made when it is not given."""
    number = next(_numbers)
    if under is None and kind != Kind.HEAD_OFFICE:
        under = (
            make_unit(Kind.BRANCH_COMPANY)
            if kind in (Kind.OUTLET, Kind.SERVICE_POINT)
            else make_head_office()
        )
    return open_unit(
        kind=kind,
        code=values.pop("code", f"T{number:04}"),
        name_zh=values.pop("name_zh", f"第{number}营业部"),
        name_en=values.pop("name_en", f"Unit {number}"),
        parent=under,
        opened_on=values.pop("opened_on", OPENED),
        outlet_type=values.pop("outlet_type", "C" if kind == Kind.OUTLET else ""),
        actor=ACTOR,
        at=values.pop("at", LONG_AGO),
        **values,
    )


def make_staff_user(name: str = "") -> User:
    """A staff log-in without any role."""
    number = next(_numbers)
    return User.objects.create_staff(
        f"colleague{number}@example.com", display_name=name or f"员工{number}"
    )


def make_staff(role: str, unit: OrgUnit | None = None, **values) -> User:
    """A staff log-in with `role` at `unit` (at head office by default).

    Written without the use case's questions (`assign` asks them): almost every test makes people.
    """
    user = values.pop("user", None) or make_staff_user()
    StaffAssignment.objects.create(
        user=user,
        unit=unit or make_head_office(),
        role=Role(role),
        **{"valid_from": OPENED, "created_at": values.pop("at", LONG_AGO)} | values,
    )
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    return User.objects.get(pk=user.pk)


def assign(user: User, role: str, unit: OrgUnit | None = None, **values) -> StaffAssignment:
    """The assignment itself; long ago and for ever unless dates are given."""
    return assign_staff(
        user=user,
        unit=unit or make_head_office(),
        role=Role(role),
        valid_from=values.pop("valid_from", OPENED),
        actor=ACTOR,
        at=values.pop("at", LONG_AGO),
        **values,
    )


def make_division(code: str = "330702"):
    """A division of the shipped list."""
    from brokerage.reference.models import Division

    return Division.objects.get(code=code)


def give_licence(user: User, kind: str = "witness", **values):
    """A licence of `user`; long ago and for ever unless dates are given."""
    from branches.models import Licence, LicenceKind

    found = LicenceKind.objects.get(code=kind)
    return Licence.objects.create(
        user=user,
        kind=found,
        number=values.pop("number", f"S{next(_numbers):09}"),
        issuer=found.issuer,
        valid_from=values.pop("valid_from", OPENED),
        **values,
    )


def offer(unit: OrgUnit, *codes: str, valid_from: date = OPENED):
    """Let `unit` offer exactly these services."""
    from branches.models import Service
    from branches.use_cases.set_services import set_services

    return set_services(
        unit=unit,
        services=list(Service.objects.filter(code__in=codes)),
        valid_from=valid_from,
        actor=ACTOR,
        at=LONG_AGO,
    )


def a_broker(unit: OrgUnit, **values):
    """A registered broker of an outlet."""
    from branches.models import Broker

    number = next(_numbers)
    return Broker.objects.create(
        unit=unit,
        name_zh=values.pop("name_zh", "钱一诺"),
        name_en=values.pop("name_en", "Qian Yinuo"),
        person=values.pop("person", f"{number:064x}"),
        number=values.pop("number", f"S1234{number:06}"),
        valid_from=values.pop("valid_from", OPENED),
        valid_to=values.pop("valid_to", date(2030, 1, 1)),
        **values,
    )
