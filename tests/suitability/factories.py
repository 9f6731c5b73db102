"""Papers and assessments for tests, made through the use cases."""

from __future__ import annotations

from datetime import UTC, datetime

from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from suitability.content import SHORT
from suitability.models import Assessment
from suitability.use_cases import (
    answer_question,
    confirm_class,
    load_questionnaires,
    start_assessment,
    submit_assessment,
)

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ACTOR = Actor.system("tests")
# 8 + 14 + 12 + 14 + 14 = 62 points: C4
ANSWERS = {
    "share": ["from_30_to_50"],
    "experience": ["bonds", "shares"],
    "horizon": ["five_years"],
    "goal": ["growth"],
    "loss": ["up_to_30"],
}


def load_papers() -> None:
    """The shipped papers; loading again changes nothing."""
    load_questionnaires(at=AT, sandbox=True)


def an_open_assessment(customer: Customer, *, at: datetime = AT) -> Assessment:
    """A paper without answers."""
    load_papers()
    return start_assessment(customer=customer, key=SHORT, actor=ACTOR, at=at)


def an_answered_assessment(
    customer: Customer, answers: dict[str, list[str]] | None = None, *, at: datetime = AT
) -> Assessment:
    """A paper with all answers, not sent yet."""
    assessment = an_open_assessment(customer, at=at)
    for key, chosen in (answers or ANSWERS).items():
        answer_question(assessment=assessment, question_key=key, chosen=chosen, seen=[], at=at)
    return assessment


def a_confirmed_assessment(
    customer: Customer, answers: dict[str, list[str]] | None = None, *, at: datetime = AT
) -> Assessment:
    """A result that counts."""
    assessment = an_answered_assessment(customer, answers, at=at)
    submit_assessment(assessment=assessment, language="zh-hans", actor=ACTOR, at=at)
    return confirm_class(assessment=assessment, actor=ACTOR, at=at)
