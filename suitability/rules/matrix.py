"""The matrix of classes and grades and what belongs to it, as the rows of data say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from suitability.rules.grades import Grade
from suitability.rules.paper import InvestorClass


class BadMatrix(ValueError):
    """The matching rules contradict themselves or the law."""


@dataclass(frozen=True, kw_only=True)
class MatchingRules:
    """The matrix and what belongs to it; see `reference/rules/matrix.yaml`.

    Attributes:
        highest: by class, the highest grade that matches. A highest grade instead of a set: then
            a lower grade always matches where a higher one does.
        horizons: by answer, the months that money may be bound; None for any.
        types: by answer, the types of items it covers.
        special_from: from this grade on, a sale to an ordinary investor is a high-risk sale.
        exposure_days: what we showed within so many days cannot be insisted on.
    """

    version: str
    highest: Mapping[InvestorClass, Grade]
    horizons: Mapping[str, int | None]
    types: Mapping[str, frozenset[str]]
    special_from: Grade
    exposure_days: int
    _covered: dict[frozenset[str], frozenset[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if set(self.highest) != set(InvestorClass):
            raise BadMatrix("a class has no row")
        heights = [self.highest[each].height for each in InvestorClass]
        if heights != sorted(heights):
            raise BadMatrix("a higher class may have less than a lower one")
        if any(
            height > int(each.value[1])
            for each, height in zip(InvestorClass, heights, strict=True)
        ):
            raise BadMatrix("a class may have more than its own grade")
        if self.exposure_days < 1:
            raise BadMatrix("exposures count for less than a day")

    def covered(self, answers: frozenset[str]) -> frozenset[str]:
        """Types of items that the answers cover; unknown answers cover nothing."""
        found = self._covered.get(answers)
        if found is None:
            found = frozenset().union(*(self.types.get(each, ()) for each in answers))
            self._covered[answers] = found
        return found


def build_matching_rules(content: Mapping[str, Any], version: str) -> MatchingRules:
    """The rules that the value of `suitability.matrix` describes.

    Raises:
        BadMatrix: when it is incomplete, has gaps, or lets the lowest class above R1.
    """
    try:
        allowed = dict(content["allowed"])
        if list(allowed.pop("C1_lowest")) != [Grade.R1]:
            raise BadMatrix("the lowest class may have R1 and nothing else")
        return MatchingRules(
            version=version,
            highest={InvestorClass(key): _highest(row) for key, row in allowed.items()},
            horizons={
                key: None if found is None else int(found)
                for key, found in content["horizons"].items()
            },
            types={key: frozenset(found) for key, found in content["types"].items()},
            special_from=Grade(content["special_from"]),
            exposure_days=int(content["exposure_days"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadMatrix(f"{type(error).__name__}: {error}") from error


def _highest(row: Sequence[str]) -> Grade:
    grades = [Grade(each) for each in row]
    if not grades or grades != list(Grade)[: len(grades)]:
        raise BadMatrix("a row has a gap or does not begin at R1")
    return grades[-1]
