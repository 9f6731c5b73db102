"""The dated rule of unused accounts; its rows stand in reference/dormancy_rules.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.life.dated import check_grades, grades_of
from accounts.life.rules import Grade
from accounts.life.states import Ability
from brokerage.reference.calendars import add_trading_days
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship

DORMANCY = "accounts.dormancy"
WAKING = "accounts.waking"
FILE = Path(__file__).parents[1] / "reference" / "dormancy_rules.yaml"


@dataclass(frozen=True)
class DormancyTerms:
    """The dated rule `accounts.dormancy`.

    Attributes:
        version: of the rule.
        years: without a trade.
        below: yuan; less is little.
        notice_days: between telling the customer and the rest.
        grades: what is closed from so many days after the beginning of the rest on.
    """

    version: str
    years: int
    below: Decimal
    notice_days: int
    grades: tuple[Grade, ...]

    def stops(self, days: int) -> frozenset[Ability]:
        """What is closed `days` after the beginning of the rest."""
        reached = [grade.stops for grade in self.grades if grade.after <= days]
        return reached[-1] if reached else frozenset()


def _check_grades(value: Any) -> None:
    check_grades(value)
    if not value or value[0]["after"] != 0:
        raise BadRuleValue("grades begin with one after 0 days.")
    if not all(grade["stops"] for grade in value):
        raise BadRuleValue("Each grade names what it stops.")


SCHEMAS = (
    Schema(
        key=DORMANCY,
        label=_("When an unused account is put to rest"),
        type=Type.TABLE,
        check=table_of(
            whole("years", 1, 30),
            Schema(key="below", label="", type=Type.DECIMAL, least=0),
            whole("notice_days", 1, 366),
            Schema(key="grades", label="", type=Type.TABLE, check=_check_grades),
        ),
    ),
    Schema(
        key=WAKING,
        label=_("After how many trading days a woken account is open again"),
        type=Type.INTEGER,
        unit="trading_days",
        least=0,
        most=10,
    ),
)


def dormancy_terms(on: date) -> DormancyTerms:
    """What counts as unused on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(DORMANCY, on)
    value = rule.figure
    return DormancyTerms(
        version=rule.version,
        years=value["years"],
        below=Decimal(value["below"]),
        notice_days=value["notice_days"],
        grades=grades_of(value["grades"]),
    )


def opens_on(on: date) -> date:
    """From which day on an account is open that is woken on the business date `on`."""
    days = Rule.objects.in_force(WAKING, on).figure
    return add_trading_days(on, days) if days else on


def register() -> None:
    """Make the rule known to the loader of dated rules."""
    ship("accounts.dormancy_rules", FILE, *SCHEMAS)
