"""The dated figures of suggestions: the clock, the windows, and what an effect is worth."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from brokerage.reference.schemas import BadRuleValue, Schema, Type
from brokerage.reference.use_cases.load_reference import ship

ANSWER_DAYS = "suggestions.answer_days"
WINDOW_DAYS = "suggestions.window_days"
LEAST = "suggestions.least_begun"
SCORING = "suggestions.scoring"
FLOOR = "suggestions.participation_floor"
FILE = Path(__file__).parent.parent / "reference" / "suggestions.yaml"
WORTH = ("adopted", "better", "per_point", "most_per_suggestion", "merged_share")


def _check_scoring(value: Any) -> None:
    number = Schema(key=SCORING, label="", type=Type.DECIMAL, least=0, most=100)
    if not isinstance(value, dict) or set(value) != set(WORTH):
        raise BadRuleValue(f"The table names exactly {', '.join(WORTH)}.")
    for each in value.values():
        number.read(each)
    if Decimal(value["merged_share"]) > 1:
        raise BadRuleValue("Who is joined gets no more than who was first.")


def _days(key: str, label: Any, most: int) -> Schema:
    return Schema(key=key, label=label, type=Type.INTEGER, unit="days", least=1, most=most)


SCHEMAS = (
    _days(ANSWER_DAYS, _("Working days until a suggestion is answered"), 60),
    _days(WINDOW_DAYS, _("Days before and after a release that are compared"), 182),
    Schema(
        key=LEAST,
        label=_("So many must have begun a step for a verdict"),
        type=Type.INTEGER,
        least=1,
        most=1_000_000,
    ),
    Schema(
        key=FLOOR,
        label=_("Suggestions that everybody files in a period"),
        type=Type.INTEGER,
        least=0,
        most=50,
    ),
    Schema(
        key=SCORING,
        label=_("What an adopted suggestion is worth"),
        type=Type.TABLE,
        check=_check_scoring,
    ),
)


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    ship("branches.suggestions", FILE, *SCHEMAS)
