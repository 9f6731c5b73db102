"""A list of staff: each row gives one person one role at one unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from branches.imports.fields import day, text
from branches.models import OrgUnit, StaffAssignment
from branches.use_cases.assign_staff import UnableToAssign, assign_staff
from brokerage.backoffice.imports.importer import Column, Importer, Values
from brokerage.core import scope
from brokerage.core.roles import STAFF, Role
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind, User

ROLES = [(role.value, role.label) for role in Role if role in STAFF - {Role.ADMINISTRATOR}]


class Staff(Importer):
    """Roles of people; whoever has no log-in yet gets one, without a password."""

    key = "staff"
    label = _("Staff")
    intro = _("People with a role at a unit. Whoever is new gets a log-in without a password.")
    icon = "users"
    permission = "branches.add_rolerequest"
    unique = ("email", "unit", "role")
    columns = (
        Column(
            "email",
            forms.EmailField(label=_("E-mail"), max_length=254),
            "colleague@example.com",
            ("邮箱",),
        ),
        text("name", _("Name"), "沈知行 Shen Zhixing", also=("姓名",)),
        text("unit", _("Unit"), "JH-01", most=20, also=("网点",)),
        Column(
            "role",
            forms.ChoiceField(
                label=_("Role"),
                choices=ROLES,
                help_text=", ".join(value for value, _label in ROLES),
                error_messages={"invalid_choice": _("This is no role of staff.")},
            ),
            "opening_officer",
            ("岗位",),
        ),
        day("valid_from", _("Valid from"), "2026-06-01"),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> Any:
        codes = [row["unit"] for row in rows if "unit" in row]
        mails = [row["email"].lower() for row in rows if "email" in row]
        units = {unit.code: unit for unit in scope.visible(OrgUnit, user).filter(code__in=codes)}
        kinds = dict(User.objects.filter(email__in=mails).values_list("email", "kind"))
        return units, kinds

    def check(self, row: Values, facts: Any, *, user: User) -> None:
        units, kinds = facts
        errors: dict[str, Any] = {}
        if row["unit"] not in units:
            errors["unit"] = _("None of your units has this code.")
        if kinds.get(row["email"].lower(), Kind.STAFF) != Kind.STAFF:
            errors["email"] = _("This log-in does not belong to staff.")
        if errors:
            raise ValidationError(errors)

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        unit = scope.visible(OrgUnit, maker).get(code=row["unit"])
        email = row["email"].lower()
        person = User.objects.filter(email=email).first()
        if person is not None and person.pk in (maker.pk, checker.pk):
            raise ValidationError(_("Nobody releases a role for themselves."))
        person = person or User.objects.create_staff(email, display_name=row["name"])
        try:
            made = assign_staff(
                user=person,
                unit=unit,
                role=row["role"],
                valid_from=row["valid_from"],
                actor=Actor.of(checker),
                at=at,
            )
        except UnableToAssign as error:
            raise ValidationError(str(error)) from error
        return made.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(StaffAssignment, user).filter(ref=ref).first()


STAFF_LIST = Staff()
