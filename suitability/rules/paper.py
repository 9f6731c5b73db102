"""A questionnaire as values: questions, options, points, bands. No Django.

Built from the stored content of a version, and checked once: a paper that could score outside
its bands, or twice inside them, never comes into being.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class InvestorClass(StrEnum):
    """C1 conservative to C5 aggressive."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"


class BadPaper(Exception):
    """The content is no usable questionnaire; the message says where."""


@dataclass(frozen=True)
class Option:
    """One answer. `lowest`: giving it makes the person's class the lowest, whatever the score."""

    key: str
    points: int
    lowest: bool = False


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
    """Scores from `least` to `most`, both included, and their class."""

    least: int
    most: int
    investor_class: InvestorClass


@dataclass(frozen=True)
class Paper:
    """A whole questionnaire."""

    questions: tuple[Question, ...]
    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        _require(bool(self.questions), "there is no question")
        _require(_unique([question.key for question in self.questions]), "a question key is twice")
        for question in self.questions:
            options = question.options
            _require(len(options) >= 2, f"{question.key}: fewer than two options")
            _require(_unique([each.key for each in options]), f"{question.key}: a key is twice")
            _require(all(each.points >= 0 for each in options), f"{question.key}: below zero")
        self._check_bands()

    def _check_bands(self) -> None:
        _require(bool(self.bands), "there is no band")
        classes = [band.investor_class for band in self.bands]
        _require(classes == sorted(set(classes)), "the classes of the bands do not rise")
        for band, following in zip(self.bands, self.bands[1:], strict=False):
            _require(following.least == band.most + 1, f"a gap or overlap after {band.most}")
        _require(all(band.least <= band.most for band in self.bands), "a band is empty")
        _require(self.bands[0].least <= self.minimum, "the minimum score has no band")
        _require(self.bands[-1].most >= self.maximum, "the maximum score has no band")

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
            lowest); `bands` with from, to, class.

    Raises:
        BadPaper: when something is missing or contradicts itself.
    """
    try:
        questions = tuple(_question(each) for each in content["questions"])
        bands = tuple(
            Band(int(each["from"]), int(each["to"]), InvestorClass(each["class"]))
            for each in content["bands"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadPaper(f"{type(error).__name__}: {error}") from error
    return Paper(questions, bands)


def _question(content: Mapping[str, Any]) -> Question:
    if content["kind"] not in {"single", "multiple"}:
        raise BadPaper(f"{content['key']}: the kind is neither single nor multiple")
    options = tuple(
        Option(str(each["key"]), int(each["points"]), bool(each.get("lowest", False)))
        for each in content["options"]
    )
    return Question(
        str(content["key"]), str(content["group"]), content["kind"] == "multiple", options
    )


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BadPaper(otherwise)


def _unique(keys: list[str]) -> bool:
    return len(keys) == len(set(keys))
