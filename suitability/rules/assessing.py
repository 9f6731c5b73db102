"""A finished paper becomes a class, or says what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from brokerage.reference.periods import Period
from suitability.rules.contradictions import Conflict, Profile, age_on, find_conflicts
from suitability.rules.paper import InvestorClass, Paper
from suitability.rules.paper_terms import Severity
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.scoring import AnswersRefused, Outcome, WrongAnswer, score


class Result(StrEnum):
    """What comes of a paper."""

    CLASSED = "classed"
    TO_CONFIRM = "to_confirm"  # soft contradictions that the person has not confirmed
    BLOCKED = "blocked"  # hard contradictions: no class


@dataclass(frozen=True, kw_only=True)
class AssessmentInputs(Recorded):
    """Everything that an assessment depends on. Personal: store it encrypted.

    Attributes:
        paper: version of the paper that was answered.
        answers: chosen option keys by question.
        declarations: yes or no by declaration.
        profile: what else is known.
        confirmed: rules of soft contradictions that the person confirmed.
        on: business date.
    """

    paper: str
    answers: Mapping[str, tuple[str, ...]]
    declarations: Mapping[str, bool]
    profile: Profile
    confirmed: frozenset[str] = frozenset()
    on: date


@dataclass(frozen=True, kw_only=True)
class AssessmentDecision(Recorded):
    """The result. Class, horizon, types and validity are set only where it is CLASSED.

    Attributes:
        score: never changed by a trigger.
        groups: points by group.
        lowest: whether the class is the lowest one.
        reasons: what made it the lowest.
        conflicts: all contradictions, confirmed ones too.
        horizon: answer for the leg of horizon; None where the paper does not ask.
        types: answers for the leg of type.
        valid_until: the first day on which it has ended.
    """

    paper: str
    result: Result
    score: int
    groups: Mapping[str, int]
    investor_class: InvestorClass | None = None
    lowest: bool = False
    reasons: tuple[Reason, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    horizon: str | None = None
    types: frozenset[str] = frozenset()
    valid_until: date | None = None


def assess(inputs: AssessmentInputs, paper: Paper) -> AssessmentDecision:
    """Score, check and class complete answers.

    Args:
        inputs: the facts.
        paper: the version that `inputs.paper` names.

    Raises:
        AnswersRefused: when answers or declarations are missing or not of this paper.
    """
    outcome = score(paper, inputs.answers)
    _check_declarations(inputs, paper)
    conflicts = find_conflicts(paper, inputs.answers, inputs.profile, inputs.on)
    result = _result(conflicts, inputs.confirmed)
    if result is not Result.CLASSED:
        return AssessmentDecision(
            paper=inputs.paper,
            result=result,
            score=outcome.score,
            groups=outcome.group_points,
            conflicts=conflicts,
        )
    reasons = _lowest_because(inputs, paper, outcome)
    horizon, types = _meanings(inputs, paper)
    return AssessmentDecision(
        paper=inputs.paper,
        result=result,
        score=outcome.score,
        groups=outcome.group_points,
        investor_class=InvestorClass.C1 if reasons else outcome.investor_class,
        lowest=bool(reasons),
        reasons=reasons,
        conflicts=conflicts,
        horizon=horizon,
        types=types,
        valid_until=Period(months=paper.terms.validity_months).after(inputs.on),
    )


def _check_declarations(inputs: AssessmentInputs, paper: Paper) -> None:
    asked = {each.key for each in paper.terms.declarations}
    given = set(inputs.declarations)
    wrong = [WrongAnswer(key, "missing") for key in sorted(asked - given)]
    wrong += [WrongAnswer(key, "unknown") for key in sorted(given - asked)]
    if wrong:
        raise AnswersRefused(wrong)


def _result(conflicts: tuple[Conflict, ...], confirmed: frozenset[str]) -> Result:
    if any(each.severity is Severity.HARD for each in conflicts):
        return Result.BLOCKED
    if any(each.rule not in confirmed for each in conflicts):
        return Result.TO_CONFIRM
    return Result.CLASSED


def _lowest_because(
    inputs: AssessmentInputs, paper: Paper, outcome: Outcome
) -> tuple[Reason, ...]:
    reasons = [because(Code.ANSWER_MAKES_LOWEST, question=key) for key in outcome.triggers]
    reasons += [
        because(Code.DECLARATION_MAKES_LOWEST, declaration=each.key)
        for each in paper.terms.declarations
        if inputs.declarations[each.key] is each.lowest_if
    ]
    birth_date, adult_at = inputs.profile.birth_date, paper.terms.adult_at
    if birth_date and adult_at is not None and age_on(birth_date, inputs.on) < adult_at:
        reasons.append(because(Code.UNDER_AGE, years=adult_at))
    return tuple(reasons)


def _meanings(inputs: AssessmentInputs, paper: Paper) -> tuple[str | None, frozenset[str]]:
    chosen = [
        option
        for question in paper.questions
        for option in question.options
        if option.key in inputs.answers[question.key]
    ]
    horizon = next((each.horizon for each in chosen if each.horizon), None)
    return horizon, frozenset(kind for each in chosen for kind in each.types)
