"""The dated rule of the credit for an opening; its rows stand in reference/credit_rules.yaml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.counter.states import AT_COUNTER
from accounts.credit.rules import WHOLE, CreditTerms
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, table_of, whole
from brokerage.reference.use_cases.load_reference import ship

OPENING_CREDIT = "accounts.opening_credit"
FILE = Path(__file__).parents[1] / "reference" / "credit_rules.yaml"


def _percent(key: str) -> Schema:
    return Schema(key=key, label="", type=Type.DECIMAL, least=0, most=100)


def _check_weights(value: Any) -> None:
    known = isinstance(value, dict) and not set(value) - {step.value for step in AT_COUNTER}
    if not known or not all(type(each) is int and 0 < each < 100 for each in value.values()):
        raise BadRuleValue("steps gives steps of the counter a weight from 1 to 99.")


_parts = table_of(
    _percent("entry"),
    _percent("assists"),
    Schema(key="steps", label="", type=Type.TABLE, check=_check_weights),
    whole("dispute_days", 1, 366),
    whole("answer_days", 1, 366),
)


def _check(value: Any) -> None:
    _parts(value)
    if Decimal(value["entry"]) + Decimal(value["assists"]) > WHOLE:
        raise BadRuleValue("entry and assists are at most 100 per cent together.")


SCHEMAS = (
    Schema(
        key=OPENING_CREDIT,
        label=_("Who is credited with an opening"),
        type=Type.TABLE,
        check=_check,
    ),
)


def credit_terms(on: date) -> CreditTerms:
    """Shares and clocks in force on the business date `on`; raises NoRuleInForce."""
    rule = Rule.objects.in_force(OPENING_CREDIT, on)
    value = rule.figure
    return CreditTerms(
        version=rule.version,
        entry=Decimal(value["entry"]),
        assists=Decimal(value["assists"]),
        steps=value["steps"],
        dispute_days=value["dispute_days"],
        answer_days=value["answer_days"],
    )


def register() -> None:
    """Make the rule known to the loader of dated rules."""
    ship("accounts.credit_rules", FILE, *SCHEMAS)
