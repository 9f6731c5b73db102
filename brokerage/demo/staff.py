"""Staff of the demonstration: the printed log-ins, and three people for each outlet."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import decrypt
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import totp

from branches.models import OrgUnit, StaffAssignment
from branches.states import Kind
from branches.use_cases.assign_staff import assign_staff
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.demo.logins import OPERATOR, PASSWORD, printed_staff
from brokerage.demo.network import BUILDER
from brokerage.demo.people import name
from brokerage.users.models import User

EACH_OUTLET = (Role.BRANCH_MANAGER, Role.OPENING_OFFICER, Role.ADVISER)
SINCE = date(2018, 1, 2)


def build_staff(*, at: datetime) -> int:
    """Make the printed log-ins and three people for each outlet; returns how many are new."""
    made = 0
    for row in printed_staff():
        unit = OrgUnit.objects.get(code=row["unit"])
        made += _person(
            row["email"], f"{row['zh']} {row['en']}", unit, row["role"], at, password=PASSWORD
        )
    outlets = OrgUnit.objects.filter(kind=Kind.OUTLET).order_by("code")
    number = 0
    for outlet in outlets:
        for role in EACH_OUTLET:
            email = f"{outlet.code.lower()}.{role.value.split('_')[-1]}@demo.example"
            made += _person(email, name(number).both, outlet, role, at)
            number += 1
    return made


def _person(email: str, shown: str, unit: OrgUnit, role: str, at: datetime, **more: Any) -> bool:
    if User.objects.filter(email=email).exists():
        return False
    user = User.objects.create_staff(email, display_name=shown, **more)
    start = min(max(SINCE, unit.opened_on), business_date(at))
    assign_staff(user=user, unit=unit, role=role, valid_from=start, actor=BUILDER, at=at)
    if more.get("password"):
        TOTP.activate(user, generate_totp_secret())
    return True


def second_factors(*, at: datetime) -> list[tuple[str, str]]:
    """E-mail and one-time code of the instant `at` for each printed log-in (sandbox page)."""
    printed = [*(row["email"] for row in printed_staff()), OPERATOR]
    rows = Authenticator.objects.filter(
        user__email__in=printed, type=Authenticator.Type.TOTP
    ).select_related("user")
    codes = {str(row.user.email): _code(decrypt(row.data["secret"]), at) for row in rows}
    return [(email, codes[email]) for email in printed if email in codes]


def _code(secret: str, at: datetime) -> str:
    generator = totp.TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303 - RFC 6238
    return generator.generate(int(at.timestamp())).decode()


def staff_with(role: Role) -> list[User]:
    """Everybody who has ever had `role`, those assigned first in front."""
    rows = StaffAssignment.objects.filter(role=role).select_related("user").order_by("pk")
    return [row.user for row in rows]
