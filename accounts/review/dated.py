"""The dated rule of the desk: how many people look at an application of which risk class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.review.states import Risk, RiskClass
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type
from brokerage.reference.use_cases.load_reference import ship

ROUTING = "accounts.review_routing"
FILE = Path(__file__).parents[1] / "reference" / "review_rules.yaml"
SHARES, LIMITS = ("sample", "blind"), ("elder", "days_left")


def _check_routing(value: Any) -> None:
    wanted = {"reviewers", "sample", "blind", "elder", "days_left", "high"}
    if not isinstance(value, dict) or set(value) != wanted:
        raise BadRuleValue(f"A table with exactly {sorted(wanted)} is needed.")
    reviewers = value["reviewers"]
    if not isinstance(reviewers, dict) or set(reviewers) != set(RiskClass.values):
        raise BadRuleValue(f"reviewers names exactly {sorted(RiskClass.values)}.")
    if not all(type(number) is int and 0 <= number <= 2 for number in reviewers.values()):
        raise BadRuleValue("0, 1 or 2 people review.")
    if reviewers[RiskClass.HIGH] != 2:
        raise BadRuleValue("Two people review what is of high risk.")
    if not all(type(value[name]) is int and 0 <= value[name] <= 1000 for name in SHARES):
        raise BadRuleValue("sample and blind are thousandths, 0 to 1000.")
    if not all(
        type(value[name]) is int and 0 < value[name] <= 3650 for name in ("elder", "days_left")
    ):
        raise BadRuleValue("elder is an age and days_left a number of days.")
    if unknown := set(value["high"]) - set(Risk.values):
        raise BadRuleValue(f"No such risk: {sorted(unknown)}.")


@dataclass(frozen=True)
class RoutingTerms:
    """The dated rule `accounts.review_routing`.

    Attributes:
        version: of the rule.
        reviewers: risk class → how many people look before the decision: 0, 1 or 2.
        sample: thousandths of what passes by rule that a person looks at all the same.
        blind: thousandths of what was decided that somebody reviews again without the outcome.
        elder: age in completed years from which a video is looked at with care.
        days_left: days before its end from which a document counts as expiring.
        high: risks of which one alone makes an application high risk.
    """

    version: str
    reviewers: dict[str, int]
    sample: int
    blind: int
    elder: int
    days_left: int
    high: frozenset[str]


def routing_terms(on: date) -> RoutingTerms:
    """How applications are routed on the business date `on`."""
    return _terms(Rule.objects.in_force(ROUTING, on))


def terms_of_version(version: str) -> RoutingTerms:
    """The rule that a decision stored; raises Rule.DoesNotExist."""
    return _terms(Rule.objects.of_version(version))


def _terms(rule: Rule) -> RoutingTerms:
    value = rule.figure
    return RoutingTerms(
        version=rule.version,
        reviewers=dict(value["reviewers"]),
        sample=value["sample"],
        blind=value["blind"],
        elder=value["elder"],
        days_left=value["days_left"],
        high=frozenset(value["high"]),
    )


SCHEMA = Schema(
    key=ROUTING,
    label=_("How many people review which application"),
    type=Type.TABLE,
    check=_check_routing,
)


def register() -> None:
    """Make the rule known to the loader of dated rules."""
    ship("accounts.review_rules", FILE, SCHEMA)
