"""The dated rules of an active account's life; their rows stand in reference/life_rules.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.life.rules import ExpiryTerms, Grade
from accounts.life.states import Ability
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship

ID_EXPIRY = "accounts.id_expiry"
CLOSING = "accounts.closing"
FILE = Path(__file__).parents[1] / "reference" / "life_rules.yaml"
MOST_DAYS = 3650


def _is_day_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST_DAYS


def _check_expiry(value: Any) -> None:
    if not isinstance(value, dict) or set(value) != {"reminders", "grades"}:
        raise BadRuleValue("A table with reminders and grades is needed.")
    days = value["reminders"]
    if (
        not isinstance(days, list)
        or not days
        or not all(map(_is_day_count, days))
        or days != sorted(set(days), reverse=True)
    ):
        raise BadRuleValue("reminders are numbers of days, the longest first.")
    check_grades(value["grades"])


def check_grades(value: Any) -> None:
    """Refuse grades that are not in their order, or stop what is no ability.

    Raises:
        BadRuleValue: naming what is wrong.
    """
    if not isinstance(value, list) or not all(
        isinstance(grade, dict) and set(grade) == {"after", "stops"} for grade in value
    ):
        raise BadRuleValue("grades is a list; each has exactly after and stops.")
    after = [grade["after"] for grade in value]
    if not all(map(_is_day_count, after)) or after != sorted(set(after)):
        raise BadRuleValue("Each grade says after how many days it begins, the earliest first.")
    for grade in value:
        if not isinstance(grade["stops"], list) or set(grade["stops"]) - set(Ability.values):
            raise BadRuleValue(f"stops names some of {sorted(Ability.values)}.")


def grades_of(value: list[dict[str, Any]]) -> tuple[Grade, ...]:
    """Checked grades of a rule, as values."""
    return tuple(Grade(each["after"], frozenset(map(Ability, each["stops"]))) for each in value)


@dataclass(frozen=True)
class ClosingTerms:
    """The dated rule `accounts.closing`.

    Attributes:
        version: of the rule.
        trading_days: until an account is closed, after the customer confirmed.
        take_back_minutes: before anybody outside is asked.
    """

    version: str
    trading_days: int
    take_back_minutes: int


SCHEMAS = (
    Schema(
        key=CLOSING,
        label=_("Promise of closing an account"),
        type=Type.TABLE,
        check=table_of(
            whole("trading_days", 1, MOST_DAYS), whole("take_back_minutes", 0, MOST_DAYS)
        ),
    ),
    Schema(
        key=ID_EXPIRY,
        label=_("Reminders and limits when an identity document runs out"),
        type=Type.TABLE,
        check=_check_expiry,
    ),
)


def expiry_terms(on: date) -> ExpiryTerms:
    """Reminders and limits in force on the business date `on`."""
    rule = Rule.objects.in_force(ID_EXPIRY, on)
    value = rule.figure
    return ExpiryTerms(
        version=rule.version,
        reminders=tuple(value["reminders"]),
        grades=grades_of(value["grades"]),
    )


def closing_terms(on: date) -> ClosingTerms:
    """How accounts are closed on the business date `on`."""
    rule = Rule.objects.in_force(CLOSING, on)
    return ClosingTerms(rule.version, **rule.figure)


def register() -> None:
    """Make the rules known to the loader of dated rules."""
    ship("accounts.life_rules", FILE, *SCHEMAS)
