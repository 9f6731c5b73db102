"""Items, grades and decisions for tests, made through the use cases."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from brokerage.backoffice.four_eyes import Decision, decide
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from suitability.content import PERSON, screens
from suitability.models import (
    Assessment,
    Disclosure,
    GradedItem,
    InsistCase,
    ItemGrade,
    MatchRecord,
)
from suitability.rules.sheets import DECLARATIONS, YES
from suitability.selectors import counting_assessment
from suitability.use_cases import (
    answer_question,
    confirm_class,
    start_assessment,
    submit_assessment,
)
from suitability.use_cases.disclosing import begin_disclosure
from suitability.use_cases.grading import name_item, propose_grade
from suitability.use_cases.insisting import ask_to_insist
from suitability.use_cases.matching import decide_match
from tests.branches.factories import make_staff, make_staff_user
from tests.suitability.factories import ACTOR, AT, a_confirmed_assessment

SINCE = date(2026, 1, 1)
# the mildest level of every factor: what is graded so takes the grade of its floor
MILD = {
    "liquidity": "any_day",
    "maturity": "within_a_year",
    "leverage": "none",
    "structure": "simple",
    "minimum": "under_10k",
    "direction": "cash",
    "offering": "public",
    "issuer": "state",
    "past": "steady",
    "possible_loss": "hardly",
    "transfer": "easy",
    "borders": "domestic",
}
FLOORS = {
    "R1": "money_fund",
    "R2": "policy_bank_bond",
    "R3": "share",
    "R4": "star",
    "R5": "option_writing",
}
_numbers = count(1)


def an_officer() -> Any:
    """Somebody at head office, who may propose and approve grades."""
    return make_staff(Role.HEAD_OFFICE)


def an_item(**values: Any) -> GradedItem:
    """An item without a grade."""
    number = next(_numbers)
    given = {
        "code": f"T-{number:04d}",
        "kind": "product",
        "name_zh": f"示例产品 {number}",
        "name_en": f"Sample product {number}",
        "type": "fixed_income",
    }
    return name_item(actor=ACTOR, at=AT, **(given | values))


def a_proposed_grade(
    item: GradedItem, grade: str = "R1", *, valid_from: date = SINCE, at: datetime = AT
) -> ItemGrade:
    """A grade that waits for a second person."""
    return propose_grade(
        item=item,
        category=FLOORS[grade],
        levels=MILD,
        valid_from=valid_from,
        reason="首次评级",
        maker=make_staff_user(),
        at=at,
    )


def a_graded_item(grade: str = "R1", **values: Any) -> GradedItem:
    """An item with a grade in force since `SINCE`."""
    item = an_item(**values)
    approve(a_proposed_grade(item, grade))
    return item


def approve(row: ItemGrade, *, by: Any = None, at: datetime = AT) -> ItemGrade:
    """Approve as another person than the maker."""
    who = by or an_officer()
    return decide(model=ItemGrade, ref=row.ref, checker=who, decision=Decision.APPROVED, at=at)


def a_long_assessment(
    customer: Customer, *, chosen: dict[str, str], nth: int = 1, at: datetime = AT
) -> Assessment:
    """A confirmed long paper: the `nth` option of each question, yes to each statement."""
    paper = start_assessment(customer=customer, key=PERSON, actor=ACTOR, at=at)
    for question in screens(paper.questionnaire.value):
        key, options = question["key"], [option["key"] for option in question["options"]]
        at_rest = YES if question["group"] == DECLARATIONS else options[min(nth, len(options) - 1)]
        answer = chosen.get(key, at_rest)
        answer_question(assessment=paper, question_key=key, chosen=[answer], seen=[], at=at)
    submit_assessment(assessment=paper, language="zh-hans", actor=ACTOR, at=at)
    return confirm_class(assessment=paper, actor=ACTOR, at=at)


def a_decision(
    customer: Customer, item: GradedItem | None = None, *, at: datetime = AT, **given: Any
) -> MatchRecord:
    """A kept decision; without an assessment it is a refusal."""
    return decide_match(
        customer=customer,
        item=item or a_graded_item(),
        language="zh-hans",
        actor=ACTOR,
        at=at,
        **given,
    )


def a_disclosure(customer: Customer, *, at: datetime = AT) -> Disclosure:
    """A customer, assessed here where nobody did, is told what to know before a sale."""
    if counting_assessment(customer, business_date(at)) is None:
        a_confirmed_assessment(customer, at=at)
    decision = a_decision(customer, a_graded_item("R3", type="equity"), at=at)
    return begin_disclosure(decision=decision, language="zh-hans", actor=ACTOR, at=at)


def an_insist_case(customer: Customer, *, at: datetime = AT) -> InsistCase:
    """A customer of class C4, assessed here where nobody did, asks for an item of grade R5."""
    if counting_assessment(customer, business_date(at)) is None:
        a_confirmed_assessment(customer, at=at)
    decision = a_decision(customer, a_graded_item("R5", type="equity"), at=at)
    return ask_to_insist(
        decision=decision, wish="朋友在买，我研究过", language="zh-hans", actor=ACTOR, at=at
    )
