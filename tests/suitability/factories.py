"""Papers and assessments for tests, made through the use cases."""

from __future__ import annotations

from datetime import UTC, datetime

from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from suitability.content import PERSON
from suitability.models import Assessment
from suitability.use_cases import (
    confirm_class,
    start_assessment,
    submit_assessment,
)

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ACTOR = Actor.system("tests")
# 12 + 5 + 16 + 9 + 11 + 19 = 72 points: C4
ANSWERS = {
    "income": ["wages"],
    "share": ["from_10"],
    "debt": ["nothing"],
    "assets": ["from_500k"],
    "learned": ["studied"],
    "describes": ["practised"],
    "frequency": ["seldom"],
    "products": ["from_5"],
    "practice": ["bonds", "shares"],
    "turnover": ["from_100k"],
    "horizon": ["five_years"],
    "intended": ["fixed_income", "equity"],
    "gamble": ["more_a"],
    "goal": ["growth"],
    "loss": ["from_10"],
    "use": ["purchase"],
    "age": ["from_31"],
    "dependants": ["up_to_2"],
    "education": ["bachelor"],
    "employment": ["stable"],
    "full_capacity": ["yes"],
}
BOLD = ANSWERS | {
    "describes": ["expert"],
    "frequency": ["always"],
    "products": ["from_20"],
    "practice": ["shares", "derivatives"],
    "turnover": ["from_1m"],
    "horizon": ["any"],
    "intended": ["equity", "derivatives", "complex"],
    "gamble": ["all_b"],
    "goal": ["high"],
    "loss": ["over_50"],
    "use": ["reinvest"],
}


def an_open_assessment(customer: Customer, *, at: datetime = AT, changed: str = "") -> Assessment:
    """A paper without answers."""
    return start_assessment(customer=customer, key=PERSON, actor=ACTOR, at=at, changed=changed)


def an_answered_assessment(
    customer: Customer,
    answers: dict[str, list[str]] | None = None,
    *,
    at: datetime = AT,
    changed: str = "",
) -> Assessment:
    """A paper with all answers, not sent yet."""
    assessment = an_open_assessment(customer, at=at, changed=changed)
    assessment.keep(answers or ANSWERS)  # at once; a question at a time is tested elsewhere
    assessment.save(update_fields=["answers"])
    return assessment


def a_confirmed_assessment(
    customer: Customer,
    answers: dict[str, list[str]] | None = None,
    *,
    at: datetime = AT,
    changed: str = "",
) -> Assessment:
    """A result that counts."""
    assessment = an_answered_assessment(customer, answers, at=at, changed=changed)
    submit_assessment(assessment=assessment, language="zh-hans", actor=ACTOR, at=at)
    return confirm_class(assessment=assessment, actor=ACTOR, at=at)
