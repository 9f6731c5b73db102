"""A questionnaire as values: questions, options, points, bands. No Django.

Built from the stored content of a version, and checked once: a paper that could score outside
its bands, or twice inside them, never comes into being.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from suitability.rules.paper_terms import NO_TERMS, BadPaper, Contradiction, Terms, read_terms

__all__ = ["BadPaper", "Band", "InvestorClass", "Option", "Paper", "Question", "build"]


class InvestorClass(StrEnum):
    """C1 conservative to C5 aggressive."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"


@dataclass(frozen=True)
class Option:
    """One answer.

    Attributes:
        lowest: giving it makes the person's class the lowest, whatever the score.
        horizon: what the answer says for the leg of horizon, or empty.
        types: what it says for the leg of type.
        least: of a number that the answer stands for (years, yuan), the smallest,
        below: and the first that is too large; None where open.
    """

    key: str
    points: int
    lowest: bool = False
    horizon: str = ""
    types: tuple[str, ...] = ()
    least: int | None = None
    below: int | None = None


@dataclass(frozen=True)
class Question:
    """One question of a group; of a multiple choice the highest points count."""

    key: str
    group: str
    multiple: bool
    options: tuple[Option, ...]

    @property
    def most(self) -> int:
        return max(option.points for option in self.options)

    @property
    def least(self) -> int:
        return min(option.points for option in self.options)


@dataclass(frozen=True)
class Band:
    """Scores from `least` to `most`, both included, and their class.

    `certainty`: how sure the edges are, in the letters of the dated rules; empty for not said.
    """

    least: int
    most: int
    investor_class: InvestorClass
    certainty: str = ""


@dataclass(frozen=True)
class Paper:
    """A whole questionnaire."""

    questions: tuple[Question, ...]
    bands: tuple[Band, ...]
    terms: Terms = NO_TERMS

    def __post_init__(self) -> None:
        _require(bool(self.questions), "there is no question")
        _require(_unique([question.key for question in self.questions]), "a question key is twice")
        for question in self.questions:
            options = question.options
            _require(len(options) >= 2, f"{question.key}: fewer than two options")
            _require(_unique([each.key for each in options]), f"{question.key}: a key is twice")
            _require(all(each.points >= 0 for each in options), f"{question.key}: below zero")
        self._check_bands()
        self._check_terms()

    def _check_bands(self) -> None:
        _require(bool(self.bands), "there is no band")
        classes = [band.investor_class for band in self.bands]
        _require(classes == sorted(set(classes)), "the classes of the bands do not rise")
        for band, following in zip(self.bands, self.bands[1:], strict=False):
            _require(following.least == band.most + 1, f"a gap or overlap after {band.most}")
        _require(all(band.least <= band.most for band in self.bands), "a band is empty")
        _require(self.bands[0].least <= self.minimum, "the minimum score has no band")
        _require(self.bands[-1].most >= self.maximum, "the maximum score has no band")

    def _check_terms(self) -> None:
        groups = {question.group for question in self.questions}
        if self.terms.groups:
            _require(groups == self.terms.groups, "groups and their questions differ")
        if not self.terms.for_persons:
            lowest = any(option.lowest for each in self.questions for option in each.options)
            _require(not lowest, "the lowest class is for natural persons only")
        for rule in self.terms.contradictions:
            self._check_contradiction(rule)

    def _check_contradiction(self, rule: Contradiction) -> None:
        pairs = [(rule.question, rule.options | set(rule.profile or ()))]
        if rule.other:
            pairs.append((rule.other, rule.other_options))
        for key, options in pairs:
            known = {each.key for each in self.question(key).options}
            _require(options <= known, f"{rule.key}: an option that {key} has not")

    def question(self, key: str) -> Question:
        """The question `key`.

        Raises:
            BadPaper: when there is none.
        """
        for question in self.questions:
            if question.key == key:
                return question
        raise BadPaper(f"there is no question {key}")

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups in the order of their first questions (stored mappings have no order)."""
        return tuple(dict.fromkeys(question.group for question in self.questions))

    @property
    def maximum(self) -> int:
        """The highest score that answers can reach."""
        return sum(question.most for question in self.questions)

    @property
    def minimum(self) -> int:
        """The lowest score that complete answers can reach."""
        return sum(question.least for question in self.questions)

    def class_of(self, score: int) -> InvestorClass:
        """The class of the band that holds `score`."""
        return next(band.investor_class for band in self.bands if band.least <= score <= band.most)


def build(content: Mapping[str, Any]) -> Paper:
    """The paper that stored content describes; texts are left out, they score nothing.

    Args:
        content: `questions` with key, group, kind (single or multiple), options (key, points,
            and perhaps lowest, horizon, types, least, below); `bands` with from, to, class and
            perhaps certainty; perhaps `range` with least and most, which the points must reach
            exactly; perhaps the parts that `paper_terms.read_terms` reads.

    Raises:
        BadPaper: when something is missing or contradicts itself.
    """
    try:
        questions = tuple(_question(each) for each in content["questions"])
        bands = tuple(
            Band(
                int(each["from"]),
                int(each["to"]),
                InvestorClass(each["class"]),
                str(each.get("certainty", "")),
            )
            for each in content["bands"]
        )
        terms = read_terms(content)
        reach = content.get("range")
        promised = (int(reach["least"]), int(reach["most"])) if reach else None
    except (KeyError, TypeError, ValueError) as error:
        raise BadPaper(f"{type(error).__name__}: {error}") from error
    paper = Paper(questions, bands, terms)
    if promised:
        reached = (paper.minimum, paper.maximum)
        _require(reached == promised, f"the points reach {reached}, not {promised}")
    return paper


def _question(content: Mapping[str, Any]) -> Question:
    if content["kind"] not in {"single", "multiple"}:
        raise BadPaper(f"{content['key']}: the kind is neither single nor multiple")
    return Question(
        str(content["key"]),
        str(content["group"]),
        content["kind"] == "multiple",
        tuple(_option(each) for each in content["options"]),
    )


def _option(content: Mapping[str, Any]) -> Option:
    least, below = content.get("least"), content.get("below")
    return Option(
        str(content["key"]),
        int(content["points"]),
        bool(content.get("lowest", False)),
        str(content.get("horizon", "")),
        tuple(str(each) for each in content.get("types", ())),
        None if least is None else int(least),
        None if below is None else int(below),
    )


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BadPaper(otherwise)


def _unique(keys: list[str]) -> bool:
    return len(keys) == len(set(keys))
