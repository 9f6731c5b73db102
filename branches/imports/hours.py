"""A list of opening hours: one row for each outlet, one column for each day of the week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from branches.imports.fields import HoursField, day, text
from branches.models import OrgUnit
from branches.states import Weekday
from branches.use_cases.set_hours import UnableToSetHours, set_hours
from brokerage.backoffice.imports.importer import Column, Importer, Values
from brokerage.core import scope
from brokerage.journal.actors import Actor
from brokerage.users.models import User

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL = "9:00-11:30, 13:00-17:00"


class Hours(Importer):
    """Sets the week of units that the person sees."""

    key = "hours"
    label = _("Opening hours")
    intro = _("The hours of a week for each outlet, from a day on. An empty cell is a closed day.")
    icon = "clock"
    permission = "branches.add_openinghours"
    unique = ("code",)
    columns = (
        text("code", _("Code"), "JH-01", most=20),
        day("valid_from", _("Valid from"), "2026-06-01"),
        *(
            Column(key, HoursField(label=label), USUAL if number < 5 else "")
            for number, (key, label) in enumerate(zip(DAYS, Weekday.labels, strict=True))
        ),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> dict[str, OrgUnit]:
        codes = [row["code"] for row in rows if "code" in row]
        units = scope.visible(OrgUnit, user).filter(code__in=codes)
        return {unit.code: unit for unit in units}

    def check(self, row: Values, facts: dict[str, OrgUnit], *, user: User) -> None:
        unit = facts.get(row["code"])
        if unit is None:
            raise ValidationError({"code": _("None of your units has this code.")})
        if row["valid_from"] < unit.opened_on:
            raise ValidationError({"valid_from": _("The unit is not open on that day.")})

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        unit = scope.visible(OrgUnit, maker).get(code=row["code"])
        week = {number: row[key] for number, key in enumerate(DAYS, start=1) if row[key]}
        try:
            set_hours(
                unit=unit,
                week=week,
                valid_from=row["valid_from"],
                actor=Actor.of(checker),
                at=at,
            )
        except UnableToSetHours as error:
            raise ValidationError(str(error)) from error
        return unit.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(OrgUnit, user).filter(ref=ref).first()


HOURS = Hours()
