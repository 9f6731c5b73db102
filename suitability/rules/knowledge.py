"""The test of knowledge of who asks to be a professional investor: bank, draw, marks.

No clock and no chance: who draws gives a seed, and the same seed draws the same questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suitability.rules.records import Recorded
from suitability.rules.versions import require_version

Texts = Mapping[str, str]


class BadBank(ValueError):
    """A bank of questions that cannot make a fair test."""


class BadAnswers(ValueError):
    """Answers that are not those of the questions that were drawn."""


@dataclass(frozen=True, kw_only=True)
class TestOption:
    """One answer; `text` by language."""

    key: str
    text: Texts


@dataclass(frozen=True, kw_only=True)
class TestQuestion:
    """One question with exactly one right answer, and why it is right, by language."""

    key: str
    text: Texts
    options: tuple[TestOption, ...]
    right: str
    why: Texts

    def __post_init__(self) -> None:
        keys = [each.key for each in self.options]
        if len(keys) < 2 or len(set(keys)) != len(keys) or self.right not in keys:
            raise BadBank(f"{self.key}: two answers at least, one of them right")


@dataclass(frozen=True, kw_only=True)
class KnowledgeRules:
    """A bank and how it is used.

    Attributes:
        drawn: how many questions a test has.
        pass_percent: so many of a hundred points are needed.
        attempts_a_day: tests that may be sent in on one business date.
    """

    version: str
    questions: tuple[TestQuestion, ...]
    drawn: int
    pass_percent: int
    attempts_a_day: int

    def __post_init__(self) -> None:
        keys = {each.key for each in self.questions}
        if len(keys) != len(self.questions) or not 1 <= self.drawn <= len(keys):
            raise BadBank("a key twice, or fewer questions than a test has")
        if not 1 <= self.pass_percent <= 100 or self.attempts_a_day < 1:
            raise BadBank("a pass mark from 1 to 100, one attempt a day at least")

    def question(self, key: str) -> TestQuestion:
        """The question of this key; KeyError for none."""
        return {each.key: each for each in self.questions}[key]


@dataclass(frozen=True, kw_only=True)
class KnowledgeInputs(Recorded):
    """What was asked, in its order, and what was answered: key of the question → of the answer."""

    rules: str
    drawn: tuple[str, ...]
    answers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class KnowledgeResult(Recorded):
    """Points of a hundred, rounded down; `wrong` in the order in which they were asked."""

    rules: str
    score: int
    passed: bool
    wrong: tuple[str, ...]


def build_knowledge_rules(
    content: Mapping[str, Any], version: str, languages: Sequence[str]
) -> KnowledgeRules:
    """The bank that a dated value describes.

    Raises:
        KeyError, TypeError, ValueError: when it is incomplete, or a text lacks a language.
    """

    def texts(given: Mapping[str, Any]) -> dict[str, str]:
        found = {language: str(given[language]).strip() for language in languages}
        if not all(found.values()):
            raise BadBank("a text is empty")
        return found

    questions = tuple(
        TestQuestion(
            key=str(each["key"]),
            text=texts(each["text"]),
            options=tuple(
                TestOption(key=str(key), text=texts(text)) for key, text in each["options"].items()
            ),
            right=str(each["right"]),
            why=texts(each["why"]),
        )
        for each in content["questions"]
    )
    return KnowledgeRules(
        version=version,
        questions=questions,
        drawn=int(content["drawn"]),
        pass_percent=int(content["pass_percent"]),
        attempts_a_day=int(content["attempts_a_day"]),
    )


def draw(rules: KnowledgeRules, seed: int) -> tuple[str, ...]:
    """Keys of the questions of one test, in the order in which they are asked.

    Args:
        seed: a large random number, of which each draw takes its share.
    """
    left, drawn = [each.key for each in rules.questions], list[str]()
    while len(drawn) < rules.drawn:
        seed, place = divmod(seed, len(left))
        drawn.append(left.pop(place))
    return tuple(drawn)


def mark(inputs: KnowledgeInputs, rules: KnowledgeRules) -> KnowledgeResult:
    """The marks of a test that is answered in full.

    Raises:
        WrongRules: when `inputs` name another version.
        BadAnswers: for a question too few or too many, or an answer that it does not have.
    """
    require_version(inputs.rules, rules.version)
    if not inputs.drawn or set(inputs.drawn) != set(inputs.answers):
        raise BadAnswers("not the questions that were drawn")
    wrong = []
    for key in inputs.drawn:
        try:
            question = rules.question(key)
        except KeyError:
            raise BadAnswers("a question that the bank does not have") from None
        if inputs.answers[key] not in {each.key for each in question.options}:
            raise BadAnswers("an answer that the question does not have")
        if inputs.answers[key] != question.right:
            wrong.append(key)
    right = len(inputs.drawn) - len(wrong)
    return KnowledgeResult(
        rules=rules.version,
        score=right * 100 // len(inputs.drawn),
        passed=right * 100 >= rules.pass_percent * len(inputs.drawn),
        wrong=tuple(wrong),
    )
