"""The level of a customer by points, and when it is looked at again. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.aml.states import AmlFactor, AmlLevel
from brokerage.reference.periods import Period


@dataclass(frozen=True)
class RatingTerms:
    """The dated rule `accounts.aml_rating`.

    Attributes:
        version: of the rule.
        points: factor → points.
        medium, high: points from which a level is reached.
        months: level → months until it is looked at again.
    """

    version: str
    points: Mapping[str, int]
    medium: int
    high: int
    months: Mapping[str, int]


def score_of(factors: Collection[AmlFactor], terms: RatingTerms) -> int:
    """The points of all factors together."""
    return sum(terms.points[factor] for factor in set(factors))


def level_of(score: int, terms: RatingTerms) -> AmlLevel:
    """The level that a score reaches."""
    if score >= terms.high:
        return AmlLevel.HIGH
    return AmlLevel.MEDIUM if score >= terms.medium else AmlLevel.LOW


def review_on(level: AmlLevel, on: date, terms: RatingTerms) -> date:
    """The business date on which a rating of `on` has to be looked at again."""
    return Period(months=terms.months[level]).after(on)
