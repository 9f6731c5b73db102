"""From answers to a class, with the reasons. Pure: values in, an outcome out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from suitability.rules.paper import InvestorClass, Paper, Question

Answers = Mapping[str, Sequence[str]]
"""Chosen option keys by question key."""


@dataclass(frozen=True)
class WrongAnswer:
    """What is wrong with one question: `missing`, `unknown`, `not-an-option`, `one-only`,
    `twice`."""

    question: str
    problem: str


class AnswersRefused(Exception):
    """The answers do not fit the paper; `problems` says where."""

    def __init__(self, problems: Sequence[WrongAnswer]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{each.question}: {each.problem}" for each in problems))


@dataclass(frozen=True)
class Outcome:
    """What a paper says about a person.

    Attributes:
        score: the sum of the points.
        investor_class: from the band; C1 where a trigger was hit.
        lowest: whether the class is the lowest one (at most R1, without exception).
        group_points: points reached by group, as the explanation shows them.
        triggers: questions whose answer made the class the lowest; the score stays as it is.
    """

    score: int
    investor_class: InvestorClass
    lowest: bool
    group_points: Mapping[str, int]
    triggers: tuple[str, ...]


def score(paper: Paper, answers: Answers) -> Outcome:
    """Score complete answers.

    Raises:
        AnswersRefused: when answers are missing, duplicated or not of this paper.
    """
    if wrong := find_wrong(paper, answers):
        raise AnswersRefused(wrong)
    groups: dict[str, int] = {}
    triggers: list[str] = []
    for question in paper.questions:
        chosen = [each for each in question.options if each.key in answers[question.key]]
        points = max(each.points for each in chosen)
        groups[question.group] = groups.get(question.group, 0) + points
        if any(each.lowest for each in chosen):
            triggers.append(question.key)
    total = sum(groups.values())
    return Outcome(
        score=total,
        investor_class=InvestorClass.C1 if triggers else paper.class_of(total),
        lowest=bool(triggers),
        group_points=groups,
        triggers=tuple(triggers),
    )


def find_wrong(paper: Paper, answers: Answers) -> list[WrongAnswer]:
    """Everything that keeps `answers` from being scored, in the order of the paper."""
    known = {question.key for question in paper.questions}
    wrong = [
        found
        for question in paper.questions
        if (found := check_answer(question, answers.get(question.key, ()))) is not None
    ]
    return wrong + [WrongAnswer(key, "unknown") for key in sorted(set(answers) - known)]


def check_answer(question: Question, chosen: Sequence[str]) -> WrongAnswer | None:
    """What is wrong with the options chosen for one question, or None."""
    options = {option.key for option in question.options}
    problem = ""
    if not chosen:
        problem = "missing"
    elif not options.issuperset(chosen):
        problem = "not-an-option"
    elif len(set(chosen)) != len(chosen):
        problem = "twice"
    elif len(chosen) > 1 and not question.multiple:
        problem = "one-only"
    return WrongAnswer(question.key, problem) if problem else None
