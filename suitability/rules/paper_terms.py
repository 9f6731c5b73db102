"""What a paper says besides its questions: declarations, contradictions, retakes, validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class BadPaper(Exception):
    """The content is no usable questionnaire; the message says where."""


class Severity(StrEnum):
    """HARD blocks the result; SOFT asks the person to confirm what they said."""

    HARD = "hard"
    SOFT = "soft"


class Check(StrEnum):
    """What an answer is held against."""

    AGE = "age"  # the birth date of the identity document
    INCOME = "income"  # the yearly income of the profile
    FIRST_TRADE = "first_trade"  # the first trade in the depository's register
    DEGREE = "degree"  # the education of the profile
    ANSWER = "answer"  # another answer of the same paper


@dataclass(frozen=True)
class Contradiction:
    """One rule: an answer to `question` that cannot stand beside what else is known.

    Attributes:
        key: names the rule; a confirmation of a soft one refers to it.
        options: of `question`, to which the rule applies; empty for all.
        months: FIRST_TRADE: how long ago the first trade must be for the answer to be true.
        times: INCOME: yearly incomes that investable assets may reach without a question.
        other: ANSWER: the other question, and
        other_options: the options of it that do not go together with `options`.
        profile: DEGREE: by option, the education codes of the profile that agree with it.
    """

    key: str
    check: Check
    severity: Severity
    question: str
    options: frozenset[str] = frozenset()
    months: int = 0
    times: int = 0
    other: str = ""
    other_options: frozenset[str] = frozenset()
    profile: Mapping[str, frozenset[str]] | None = None


@dataclass(frozen=True)
class Declaration:
    """An unscored statement; saying `lowest_if` makes the person's class the lowest."""

    key: str
    lowest_if: bool


@dataclass(frozen=True)
class RetakeCaps:
    """How often a paper may be answered, and what is an eye-catching jump.

    Attributes:
        per_day: papers on one business date.
        per_year: papers within any twelve months.
        jump_days: a higher class within so many days after a refusal is flagged,
        jump_classes: when it is higher by at least so many classes.
    """

    per_day: int
    per_year: int
    jump_days: int
    jump_classes: int

    def __post_init__(self) -> None:
        if min(self.per_day, self.per_year, self.jump_days, self.jump_classes) < 1:
            raise BadPaper("retakes: a figure is below one")
        if self.per_year < self.per_day:
            raise BadPaper("retakes: fewer in a year than on a day")


@dataclass(frozen=True)
class Terms:
    """All of it. The defaults are those of a paper that says nothing.

    `grace_days`: so long after its end a version may still be finished by whoever began it.
    """

    groups: frozenset[str] = frozenset()
    declarations: tuple[Declaration, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    retakes: RetakeCaps | None = None
    validity_months: int = 24
    grace_days: int = 0
    adult_at: int | None = None
    for_persons: bool = True

    def __post_init__(self) -> None:
        for named in (
            [each.key for each in self.declarations],
            [each.key for each in self.contradictions],
        ):
            if len(named) != len(set(named)):
                raise BadPaper(f"a key is twice in {named}")
        if self.validity_months < 1:
            raise BadPaper("validity_months: below one")
        if self.grace_days < 0:
            raise BadPaper("grace_days: below zero")
        if not self.for_persons and (self.declarations or self.adult_at is not None):
            raise BadPaper("the lowest class is for natural persons only")


NO_TERMS = Terms()


def read_terms(content: Mapping[str, Any]) -> Terms:
    """The terms of stored content; every part may be absent.

    Raises:
        BadPaper, KeyError, TypeError, ValueError: when a part is malformed.
    """
    retakes = content.get("retakes")
    adult_at = content.get("adult_at")
    return Terms(
        groups=frozenset(content.get("groups", ())),
        declarations=tuple(
            Declaration(str(each["key"]), bool(each["lowest_if"]))
            for each in content.get("declarations", ())
        ),
        contradictions=tuple(_contradiction(each) for each in content.get("contradictions", ())),
        retakes=RetakeCaps(**{name: int(retakes[name]) for name in RetakeCaps.__annotations__})
        if retakes
        else None,
        validity_months=int(content.get("validity_months", 24)),
        grace_days=int(content.get("grace_days", 0)),
        adult_at=None if adult_at is None else int(adult_at),
        for_persons=content.get("for", "persons") == "persons",
    )


def _contradiction(content: Mapping[str, Any]) -> Contradiction:
    return Contradiction(
        key=str(content["key"]),
        check=Check(content["check"]),
        severity=Severity(content["severity"]),
        question=str(content["question"]),
        options=frozenset(content.get("options", ())),
        months=int(content.get("months", 0)),
        times=int(content.get("times", 0)),
        other=str(content.get("other", "")),
        other_options=frozenset(content.get("other_options", ())),
        profile={option: frozenset(codes) for option, codes in content.get("profile", {}).items()}
        or None,
    )
