"""Pure rules of the knowledge test and of the review: values in, decision out; no clock."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from brokerage.reference.periods import Period

Drawn = list[tuple[str, list[str]]]
"""Questions in the order shown, each with its options in the order shown."""


@dataclass(frozen=True)
class ExamTerms:
    """The dated rule of knowledge tests.

    Attributes:
        version: of the rule.
        questions: how many are drawn.
        minutes: how long an attempt lasts.
        attempts: at most so many within `again_days`.
        pause_hours: between two attempts.
        again_days: after so many days an attempt counts against nobody any more.
        counts_months: so long a passed attempt counts as passed.
    """

    version: str
    questions: int
    minutes: int
    attempts: int
    pause_hours: int
    again_days: int
    counts_months: int

    def counted_since(self, on: date) -> date:
        """An attempt passed on this day or before counts on the day `on` no more."""
        return Period(months=self.counts_months).before(on)


@dataclass(frozen=True)
class ReviewTerms:
    """The dated rule of reviews: which permissions, and from which age on, people look at."""

    version: str
    by_hand: frozenset[str]
    oldest: int


def draw(questions: Sequence[Mapping[str, Any]], *, many: int, seed: str) -> Drawn:
    """Draw and shuffle questions and options; the same seed always gives the same paper.

    Args:
        questions: of the bank, each with `key` and `options` (keys).
        many: how many; all where the bank has fewer.
        seed: of this attempt.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    found: Drawn = []
    for each in chance.sample(list(questions), min(many, len(questions))):
        options = sorted(each["options"])
        chance.shuffle(options)
        found.append((str(each["key"]), options))
    return found


def score(drawn: Drawn, right: Mapping[str, str], answers: Mapping[str, str]) -> int:
    """Per cent of the drawn questions that were answered rightly, rounded down."""
    hits = sum(answers.get(key) == right[key] for key, _options in drawn)
    return hits * 100 // len(drawn)


def next_attempt(ended: Sequence[datetime], terms: ExamTerms, at: datetime) -> datetime | None:
    """When another attempt may begin; None where it may begin at `at`.

    Args:
        ended: when the earlier attempts of this person at this test ended.
        terms: the rule in force.
        at: now.
    """
    after = timedelta(days=terms.again_days)
    recent = sorted(each for each in ended if at - each < after)
    if not recent:
        return None
    waits = [recent[-1] + timedelta(hours=terms.pause_hours)]
    if len(recent) >= terms.attempts:
        waits.append(recent[-terms.attempts] + after)
    latest = max(waits)
    return latest if latest > at else None


def whole_months(begin: date, on: date) -> int:
    """Months that are over on the day `on`, counted from `begin`; 0 before it."""
    months = (on.year - begin.year) * 12 + on.month - begin.month - (on.day < begin.day)
    return max(months, 0)


def needs_people(key: str, age: int | None, terms: ReviewTerms) -> bool:
    """Whether people look at a signed application; an unknown age is looked at, too."""
    return key in terms.by_hand or age is None or age > terms.oldest
