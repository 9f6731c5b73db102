"""A list of outlets: opened in the tree, with address, division and coordinates.

A missing division is proposed from the address; a sure proposal is taken, others are shown
beside the cell with the codes that fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from branches import gazetteer
from branches.imports.fields import day, degrees, text
from branches.models import OrgUnit, UnitProfile
from branches.rules.addresses import Gazetteer, Place, Proposal, Trust, read_address
from branches.rules.coordinates import Fit
from branches.rules.tree import may_stand_under
from branches.states import Kind, OutletType
from branches.use_cases.open_unit import UnableToOpenUnit, open_unit
from branches.use_cases.set_profile import (
    UnableToSetProfile,
    check_coordinates,
    set_profile,
    too_far,
)
from brokerage.backoffice.imports.importer import Column, Importer, Values
from brokerage.core import clock, scope
from brokerage.journal.actors import Actor
from brokerage.reference.models import Division
from brokerage.users.models import User

SHOWN = 4


@dataclass(frozen=True)
class Facts:
    """What rows are compared with."""

    parents: dict[str, OrgUnit]
    taken: set[str]
    divisions: dict[str, Division]
    places: Gazetteer


class Outlets(Importer):
    """Opens outlets under branch companies that the person sees."""

    key = "outlets"
    label = _("Outlets")
    intro = _("New outlets with their address. A missing division is proposed from the address.")
    icon = "pin"
    permission = "branches.manage_orgunit"
    unique = ("code",)
    columns = (
        text("code", _("Code"), "JH-09", most=20),
        text("name_zh", _("Chinese name"), "金华江南街证券营业部", also=("营业部名称",)),
        text("name_en", _("English name"), "Jinhua Jiangnan Street", most=120),
        Column(
            "type",
            forms.ChoiceField(
                label=_("Type"),
                choices=OutletType.choices,
                error_messages={"invalid_choice": _("Write A, B or C.")},
            ),
            "C",
        ),
        text("under", _("Branch company"), "B-JH", also=("分公司", "上级")),
        day("opened_on", _("Opened on"), "2026-06-01"),
        text(
            "address_zh",
            _("Chinese address"),
            "金华市婺城区李渔路1号",
            most=200,
            also=("地址",),
        ),
        text("address_en", _("English address"), "1 Liyu Road, Jinhua", most=250, required=False),
        text("division", _("Division code"), "330702", most=6, required=False, also=("区划代码",)),
        degrees("lon", _("Longitude"), 136, 8, "119.65"),
        degrees("lat", _("Latitude"), 54, 7, "29.09"),
        text("phone", _("Telephone"), "0579-5550 1000", most=24, required=False, also=("电话",)),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> Facts:
        units = scope.visible(OrgUnit, user).filter(kind=Kind.BRANCH_COMPANY)
        parents = {name: unit for unit in units for name in (unit.code, unit.name_zh)}
        codes = [row["code"] for row in rows if "code" in row]
        taken = set(OrgUnit.objects.filter(code__in=codes).values_list("code", flat=True))
        divisions = {one.code: one for one in Division.objects.all()}
        return Facts(parents, taken, divisions, gazetteer.load(clock.today()))

    def check(self, row: Values, facts: Facts, *, user: User) -> None:
        errors: dict[str, Any] = {}
        parent = facts.parents.get(row["under"])
        if row["code"] in facts.taken:
            errors["code"] = _("Another unit has this code.")
        if parent is None or not may_stand_under(Kind.OUTLET, parent.kind):
            errors["under"] = _("No branch company of yours has this code or name.")
        division = self._division(row, facts, errors)
        if (row["lon"] is None) != (row["lat"] is None):
            errors["lat"] = _("Give both coordinates, or neither.")
        elif division is not None and row["lon"] is not None:
            self._check_point(row, division, errors)
        if errors:
            raise ValidationError(errors)

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        facts = self.facts([row], user=maker)
        division = self._division(row, facts, {})
        actor = Actor.of(checker)
        try:
            unit = open_unit(
                kind=Kind.OUTLET,
                code=row["code"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                parent=facts.parents[row["under"]],
                opened_on=row["opened_on"],
                outlet_type=row["type"],
                division_code=division.code if division else "",
                actor=actor,
                at=at,
            )
            set_profile(
                unit=unit,
                valid_from=row["opened_on"],
                actor=actor,
                at=at,
                division=division,
                address_zh=row["address_zh"],
                address_en=row["address_en"],
                phone=row["phone"],
                **_point(row, division),
            )
        except (UnableToOpenUnit, UnableToSetProfile) as error:
            raise ValidationError(str(error)) from error
        return unit.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(OrgUnit, user).filter(ref=ref).first()

    def _division(self, row: Values, facts: Facts, errors: dict[str, Any]) -> Division | None:
        """The named division, or the one that the address proposes."""
        if row["division"]:
            found = facts.divisions.get(row["division"])
            if found is None:
                errors["division"] = _("The list of divisions has no such code.")
            return found
        proposal = propose(row["address_zh"], row["name_zh"], row["under"], facts)
        if proposal.place is None or proposal.trust is Trust.UNSURE:
            errors["division"] = _unsure(proposal)
            return None
        return facts.divisions.get(proposal.place.code)

    def _check_point(self, row: Values, division: Division, errors: dict[str, Any]) -> None:
        probe = UnitProfile(division=division, lon=row["lon"], lat=row["lat"])
        finding = check_coordinates(probe, clock.today())
        if finding is not None and finding.fit is Fit.WRONG:
            errors["lon"] = too_far(probe, finding)


def propose(address: str, name: str, under: str, facts: Facts) -> Proposal:
    """What the address says, else what the name says; the branch company narrows it."""
    parent = facts.parents.get(under)
    hint = parent.name_zh if parent else ""
    found = read_address(address, facts.places, hint=hint)
    if found.place is None or found.trust is Trust.UNSURE:
        by_name = read_address(name, facts.places, hint=hint)
        return by_name if by_name.place is not None else found
    return found


def _unsure(proposal: Proposal) -> Any:
    if proposal.place is None:
        return _("The address names no place that we know. Write the six digits.")
    fitting: list[Place] = [proposal.place, *proposal.others][:SHOWN]
    return ValidationError(
        _("Several places fit: %(places)s. Write the six digits of one."),
        params={"places": ", ".join(f"{one.code} {one.name}" for one in fitting)},
    )


def _point(row: Values, division: Division | None) -> dict[str, Decimal | None]:
    """The coordinates of the row, or the centre of the division as a proposal."""
    if row["lon"] is not None or division is None:
        return {"lon": row["lon"], "lat": row["lat"]}
    return {"lon": division.lon, "lat": division.lat}


OUTLETS = Outlets()
