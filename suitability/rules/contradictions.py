"""Answers held against what else is known of a person. Unknown facts contradict nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from brokerage.reference.periods import Period
from suitability.rules.paper import Option, Paper
from suitability.rules.paper_terms import Check, Contradiction, Severity
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.scoring import Answers


@dataclass(frozen=True, kw_only=True)
class Profile(Recorded):
    """What is known beside the answers; None and empty mean unknown.

    Attributes:
        birth_date: from the checked identity document.
        yearly_income: in yuan.
        first_trade: the first trade in the depository's register.
        asked_register: whether the register was asked; with no `first_trade` it knew of none.
        education: a code of the profile.
    """

    birth_date: date | None = None
    yearly_income: Decimal | None = None
    first_trade: date | None = None
    asked_register: bool = False
    education: str = ""


@dataclass(frozen=True)
class Conflict(Recorded):
    """One contradiction that was found."""

    rule: str
    severity: Severity
    reason: Reason


def find_conflicts(
    paper: Paper, answers: Answers, profile: Profile, on: date
) -> tuple[Conflict, ...]:
    """Every contradiction of complete, valid answers, in the order of the paper's rules."""
    found = []
    for rule in paper.terms.contradictions:
        chosen = [
            option
            for option in paper.question(rule.question).options
            if option.key in answers[rule.question]
            and (not rule.options or option.key in rule.options)
        ]
        for option in chosen:
            if reason := _CHECKS[rule.check](rule, option, answers, profile, on):
                found.append(Conflict(rule.key, rule.severity, reason))
                break
    return tuple(found)


def age_on(birth_date: date, on: date) -> int:
    """Full years of age. Who is born on 29 February grows older on 1 March of other years."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _age(
    rule: Contradiction, option: Option, answers: Answers, profile: Profile, on: date
) -> Reason | None:
    if profile.birth_date is None or _holds(option, age_on(profile.birth_date, on)):
        return None
    return because(Code.AGE_DIFFERS, question=rule.question)


def _income(
    rule: Contradiction, option: Option, answers: Answers, profile: Profile, on: date
) -> Reason | None:
    income = profile.yearly_income
    if income is None or (option.least or 0) <= income * rule.times:
        return None
    return because(Code.ASSETS_OVER_INCOME, question=rule.question)


def _first_trade(
    rule: Contradiction, option: Option, answers: Answers, profile: Profile, on: date
) -> Reason | None:
    if not profile.asked_register:
        return None
    latest = Period(months=rule.months).before(on)
    if profile.first_trade is not None and profile.first_trade <= latest:
        return None
    return because(
        Code.EXPERIENCE_BEFORE_FIRST_TRADE,
        question=rule.question,
        date=profile.first_trade or on,
    )


def _degree(
    rule: Contradiction, option: Option, answers: Answers, profile: Profile, on: date
) -> Reason | None:
    agreeing: Mapping[str, frozenset[str]] = rule.profile or {}
    if not profile.education or profile.education in agreeing.get(option.key, frozenset()):
        return None
    return because(Code.DEGREE_DIFFERS, question=rule.question)


def _answer(
    rule: Contradiction, option: Option, answers: Answers, profile: Profile, on: date
) -> Reason | None:
    if rule.other_options.isdisjoint(answers[rule.other]):
        return None
    return because(Code.ANSWERS_DISAGREE, question=rule.question, other=rule.other)


def _holds(option: Option, number: int) -> bool:
    return (option.least is None or option.least <= number) and (
        option.below is None or number < option.below
    )


Checker = Callable[[Contradiction, Option, Answers, Profile, date], Reason | None]
_CHECKS: dict[Check, Checker] = {
    Check.AGE: _age,
    Check.INCOME: _income,
    Check.FIRST_TRADE: _first_trade,
    Check.DEGREE: _degree,
    Check.ANSWER: _answer,
}
