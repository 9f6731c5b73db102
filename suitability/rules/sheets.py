"""One sheet of answers: questions and declarations are asked alike and kept together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from suitability.rules.paper import Option, Paper, Question

YES, NO = "yes", "no"
DECLARATIONS = "declarations"

Given = Mapping[str, Sequence[str]]


def asked(paper: Paper) -> tuple[Question, ...]:
    """Everything that a person answers: the questions, then each declaration as yes or no."""
    statements = tuple(
        Question(each.key, DECLARATIONS, False, (Option(YES, 0), Option(NO, 0)))
        for each in paper.terms.declarations
    )
    return paper.questions + statements


def split(paper: Paper, given: Given) -> tuple[dict[str, tuple[str, ...]], dict[str, bool]]:
    """Answers and declarations of a sheet, in the form that `assessing.assess` takes.

    A declaration without a clear yes or no is left out, so that it counts as missing.
    """
    declared = {each.key for each in paper.terms.declarations}
    answers = {key: tuple(chosen) for key, chosen in given.items() if key not in declared}
    said = {
        key: list(chosen) == [YES]
        for key, chosen in given.items()
        if key in declared and list(chosen) in ([YES], [NO])
    }
    return answers, said
