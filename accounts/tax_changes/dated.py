"""The dated rule of a changed tax declaration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from brokerage.reference.models import Rule
from brokerage.reference.schemas import Schema, Type

TAX_CHANGE = "accounts.tax_change"
SCHEMA = Schema(
    key=TAX_CHANGE,
    label=_("Within how many days a change of tax residence is declared"),
    type=Type.INTEGER,
    unit="days",
    least=1,
    most=366,
)


@dataclass(frozen=True)
class ChangeTerms:
    """The rule on a day.

    Attributes:
        version: of the rule.
        days: within which a change is declared.
    """

    version: str
    days: int

    def is_late(self, changed_on: date, on: date) -> bool:
        """Whether a change since `changed_on` is declared too late on the business date `on`."""
        return (on - changed_on).days > self.days


def change_terms(on: date) -> ChangeTerms:
    """The rule in force on the business date `on`."""
    rule = Rule.objects.in_force(TAX_CHANGE, on)
    return ChangeTerms(rule.version, rule.figure)
