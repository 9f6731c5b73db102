"""The dated rule of an account's first days; its rows stand in reference/plan_rules.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.plan.states import PlanStep
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship

FIRST_DAYS = "accounts.first_days"
FILE = Path(__file__).parents[1] / "reference" / "plan_rules.yaml"


@dataclass(frozen=True)
class PlanTerms:
    """The dated rule `accounts.first_days`.

    Attributes:
        version: of the rule.
        days: calendar days from the activation that the plan runs.
        steps: of the plan, in their order.
        greet_minutes: desk minutes until the greeting, and until each further try.
        greet_tries: so many calls that reach nobody end it.
    """

    version: str
    days: int
    steps: tuple[PlanStep, ...]
    greet_minutes: int
    greet_tries: int


def _check_steps(value: Any) -> None:
    known = isinstance(value, list) and not set(value) - set(PlanStep.values)
    if not known or not value or len(set(value)) != len(value):
        raise BadRuleValue(f"steps names some of {PlanStep.values}, each once.")


SCHEMAS = (
    Schema(
        key=FIRST_DAYS,
        label=_("The first days of an account"),
        type=Type.TABLE,
        check=table_of(
            whole("days", 1, 366),
            Schema(key="steps", label="", type=Type.TABLE, check=_check_steps),
            whole("greet_minutes", 1),
            whole("greet_tries", 1, 20),
        ),
    ),
)


def plan_terms(on: date) -> PlanTerms:
    """The plan in force on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(FIRST_DAYS, on)
    value = rule.figure
    return PlanTerms(
        version=rule.version,
        days=value["days"],
        steps=tuple(map(PlanStep, value["steps"])),
        greet_minutes=value["greet_minutes"],
        greet_tries=value["greet_tries"],
    )


def register() -> None:
    """Make the rule known to the loader of dated rules."""
    ship("accounts.plan_rules", FILE, *SCHEMAS)
