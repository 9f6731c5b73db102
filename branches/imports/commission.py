"""A commission grid: each row proposes and releases one rate of one unit for everybody there."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.commission.terms import Business, Market, Product
from branches.imports.fields import day, text
from branches.models import CommissionRate, OrgUnit
from branches.use_cases.propose_rate import UnableToPropose, check_limits, propose_rate
from brokerage.backoffice.four_eyes import FourEyesRefused, decide
from brokerage.backoffice.imports.importer import Column, Importer, Values
from brokerage.core import scope
from brokerage.core.four_eyes import Decision
from brokerage.users.models import User

YES = {"yes": True, "y": True, "1": True, "true": True, "是": True, "含": True}
NO = {"no": False, "n": False, "0": False, "false": False, "否": False, "不含": False}
MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 2}
CELL = ("market", "product", "business")


class RateField(forms.DecimalField):
    """A share of the amount traded: 0.00025, 0.025% or 万2.5."""

    def to_python(self, value: Any) -> Any:
        plain = unicodedata.normalize("NFKC", str(value or "")).replace(" ", "")
        for mark, parts in (("%", 100), ("‰", 1_000), ("万", 10_000)):
            if mark in plain:
                share = super().to_python(plain.replace("分之", "").replace(mark, ""))
                return None if share is None else share / parts
        return super().to_python(plain)


class YesField(forms.CharField):
    """Yes or no in either language."""

    def clean(self, value: Any) -> bool:
        found = (YES | NO).get(super().clean(value).strip().lower())
        if found is None:
            raise ValidationError(_("Write yes or no."))
        return found


def _choice(key: str, label: Any, choices: Any, *also: str, example: str) -> Column:
    """A column of one of some words, written in code or in a language of the portal."""
    codes = ", ".join(value for value, _label in choices)
    field = WordField(label=label, choices=choices, help_text=codes)
    return Column(key, field, example, also)


class WordField(forms.ChoiceField):
    """One of some words; the code counts as well as the word that readers see."""

    def to_python(self, value: Any) -> str:
        plain = str(value or "").strip()
        choices: Any = self.choices
        said = {str(label): code for code, label in choices}
        return str(said.get(plain, plain))


def _flag(key: str, label: Any, *also: str, example: str = "yes") -> Column:
    return Column(key, YesField(label=label, max_length=10), example, also)


class CommissionGrid(Importer):
    """Rates of units; who releases the list needs the authority for each of its rates."""

    key = "commission"
    label = _("Commission rates")
    intro = _(
        "One rate in a row, for everybody at a unit. Rates of single customers are proposed."
    )
    icon = "card"
    permission = "branches.add_commissionrate"
    unique = ("unit", *CELL, "valid_from")
    columns = (
        text("unit", _("Unit"), "JH-01", most=20, also=("网点", "机构")),
        _choice("market", _("market"), Market.choices, "市场", example="SH"),
        _choice("product", _("traded"), Product.choices, "品种", example="stock"),
        _choice("business", _("account"), Business.choices, "账户", example="ordinary"),
        Column(
            "rate",
            RateField(
                label=_("rate"),
                required=False,
                max_digits=12,
                decimal_places=8,
                min_value=0,
                help_text=_("Such as 0.00025 or 0.025%. Empty for options."),
            ),
            "0.00025",
            ("费率", "佣金率"),
        ),
        Column(
            "per_contract",
            forms.DecimalField(
                label=_("yuan for each contract"), required=False, min_value=0, **MONEY
            ),
            "",
            ("每张",),
        ),
        Column(
            "minimum",
            forms.DecimalField(
                label=_("least commission of a trade in yuan"), min_value=0, max_value=5, **MONEY
            ),
            "5.00",
            ("最低",),
        ),
        _flag("includes_handling", _("contains the exchange's fee"), "含经手费"),
        _flag("includes_regulatory", _("contains the regulator's fee"), "含证管费"),
        _flag("includes_transfer", _("contains the transfer fee"), "含过户费", example="no"),
        day("valid_from", _("Valid from"), "2026-06-01"),
        text("reason", pgettext_lazy("commission", "Why"), most=300, required=False),
    )

    def facts(self, rows: Sequence[Values], *, user: User) -> dict[str, OrgUnit]:
        codes = [row["unit"] for row in rows if "unit" in row]
        return {unit.code: unit for unit in scope.visible(OrgUnit, user).filter(code__in=codes)}

    def check(self, row: Values, facts: dict[str, OrgUnit], *, user: User) -> None:
        unit = facts.get(row["unit"])
        if unit is None:
            raise ValidationError({"unit": _("None of your units has this code.")})
        rate = CommissionRate(**_columns(row, unit))
        if (rate.rate is None) == (rate.per_contract is None):
            raise ValidationError(
                {"rate": _("Options have a price for each contract, all else a rate.")}
            )
        check_limits(rate)

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        unit = scope.visible(OrgUnit, maker).get(code=row["unit"])
        try:
            made = propose_rate(maker=maker, at=at, **_columns(row, unit))
            decide(
                model=CommissionRate,
                ref=made.ref,
                checker=checker,
                decision=Decision.APPROVED,
                at=at,
            )
        except UnableToPropose as error:
            raise ValidationError(error.errors) from error
        except FourEyesRefused as refused:
            raise ValidationError(str(refused)) from refused
        return made.ref

    def record_of(self, ref: UUID, *, user: User) -> Any:
        return scope.visible(CommissionRate, user).filter(ref=ref).first()


def _columns(row: Values, unit: OrgUnit) -> dict[str, Any]:
    return {**row, "unit": unit}


COMMISSION = CommissionGrid()
