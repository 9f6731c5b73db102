"""The dated rule of the rating: points, levels and how often a customer is looked at again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.aml.rating import RatingTerms
from accounts.aml.states import AmlFactor, AmlLevel
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, schemas

RATING = "accounts.aml_rating"


def _check(value: Any) -> None:
    if not isinstance(value, dict) or set(value) != {"points", "medium", "high", "months"}:
        raise BadRuleValue("A table with points, medium, high and months is needed.")
    for name, keys in (("points", AmlFactor.values), ("months", AmlLevel.values)):
        if not isinstance(value[name], dict) or set(value[name]) != set(keys):
            raise BadRuleValue(f"{name} names exactly {sorted(keys)}.")
        if not all(type(number) is int and 0 <= number <= 120 for number in value[name].values()):
            raise BadRuleValue(f"{name} are whole numbers from 0 to 120.")
    if not 0 < value["medium"] < value["high"]:
        raise BadRuleValue("high lies above medium, and both above 0.")
    if not all(number > 0 for number in value["months"].values()):
        raise BadRuleValue("Every level is looked at again.")


SCHEMA = Schema(
    key=RATING, label=_("Rating of customers and its review"), type=Type.TABLE, check=_check
)


def register() -> None:
    """Make the rule known; its row stands in review_rules.yaml."""
    schemas.register(RATING, SCHEMA)


def rating_terms(on: date) -> RatingTerms:
    """How customers are rated on the business date `on`."""
    rule = Rule.objects.in_force(RATING, on)
    value = rule.figure
    return RatingTerms(
        rule.version, value["points"], value["medium"], value["high"], value["months"]
    )
