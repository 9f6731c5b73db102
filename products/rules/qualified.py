"""Is somebody a qualified investor, by the thresholds of a product's rule: pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from brokerage.reference.periods import Period
from suitability.rules.conditions import Condition, Proof, evaluate
from suitability.rules.grades import ProfessionalKind
from suitability.rules.permission_rules import Kind, PermissionRule, Requirement

PURCHASE = "purchase"
OTHERWISE = frozenset({PURCHASE, "qualified_investor_confirmation"})
"""Asked elsewhere: the amount when somebody orders; the confirmation is the agreed row itself."""


@dataclass(frozen=True)
class QualifiedRules:
    """How long a proof counts, and which professional investors need none.

    Attributes:
        months: a proof counts so long from the day it is as of.
        kinds: of professional investors whose own proof is at least as hard.
        version: of the rule.
    """

    months: int
    kinds: frozenset[ProfessionalKind]
    version: str


@dataclass(frozen=True)
class PlanRules:
    """What asset-management plans may and may not.

    Attributes:
        is_open: whether they may be shown to everybody.
        holders: customers who may be in one plan at most.
        version: of the rule.
    """

    is_open: bool
    holders: int
    version: str


def build_qualified_rules(value: Mapping[str, Any], version: str) -> QualifiedRules:
    """The rule behind its JSON form.

    Raises:
        ValueError: something is missing, unknown, or no month.
    """
    try:
        months = int(value["months"])
        kinds = frozenset(ProfessionalKind(int(each)) for each in value["kinds"])
    except (KeyError, TypeError) as error:
        raise ValueError("form") from error
    if not 1 <= months <= 60:
        raise ValueError("months")
    return QualifiedRules(months, kinds, version)


def build_plan_rules(value: Mapping[str, Any], version: str) -> PlanRules:
    """The rule behind its JSON form.

    Raises:
        ValueError: something is missing, or nobody could hold a plan.
    """
    try:
        is_open, holders = value["open"], int(value["holders"])
    except (KeyError, TypeError) as error:
        raise ValueError("form") from error
    if not isinstance(is_open, bool) or holders < 1:
        raise ValueError("figures")
    return PlanRules(is_open, holders, version)


def is_qualified(
    rules: Sequence[PermissionRule],
    *,
    person: bool,
    fact: str,
    amount: Decimal,
    as_of: date,
    first_trade: date | None,
    on: date,
) -> bool:
    """Whether one proved amount, with the first trade, meets every rule.

    Args:
        rules: of the products; what they ask of amount and confirmation is left out.
        fact: what the amount is, such as `financial_assets`.
        amount: yuan.
        first_trade: anywhere; None where nobody proved one.
        on: business date.
    """
    facts = {fact: Proof(amount=amount, as_of=as_of)}
    return bool(rules) and all(
        _meets(wanted, facts, first_trade, on)
        for rule in rules
        for wanted in (rule.persons if person else rule.organisations)
    )


def least_of(rule: PermissionRule) -> Decimal | None:
    """Yuan that a purchase is of at least, the same for persons and organisations."""
    found = [_purchase(each.condition) for each in rule.persons if each.condition]
    return next((each for each in found if each is not None), None)


def _meets(
    wanted: Requirement, facts: Mapping[str, Proof], first_trade: date | None, on: date
) -> bool:
    if wanted.kind is Kind.EXPERIENCE:
        return first_trade is not None and Period(months=wanted.months).after(first_trade) <= on
    if wanted.condition is None:
        return False  # of a kind that nobody proves here
    if wanted.condition.facts <= OTHERWISE:
        return True
    return evaluate(wanted.condition, facts, on=on).met


def _purchase(condition: Condition) -> Decimal | None:
    return condition.at_least if condition.fact == PURCHASE else None
