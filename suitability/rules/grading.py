"""The grade of an item: the strictest of its factors, the floor of its category, and the firm's
own opinion, which may only be higher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suitability.rules.grades import Grade
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.versions import require_version


@dataclass(frozen=True, kw_only=True)
class GradingRules:
    """Least grades by level of a factor and by category of the self-regulatory catalogue."""

    version: str
    factors: Mapping[str, Mapping[str, Grade]]
    floors: Mapping[str, Grade]

    def __post_init__(self) -> None:
        if not self.factors or not self.floors or not all(self.factors.values()):
            raise ValueError("a factor has no levels, or there is no floor")


@dataclass(frozen=True, kw_only=True)
class GradingInputs(Recorded):
    """What is known of the item.

    Attributes:
        category: a key of `GradingRules.floors`; of a combination, the category of its riskiest
            part.
        levels: by factor.
        proposed: the firm's own grade; None to take what the factors give.
    """

    rules: str
    category: str
    levels: Mapping[str, str]
    proposed: Grade | None = None


@dataclass(frozen=True, kw_only=True)
class GradingDecision(Recorded):
    """`grade` is None where the item cannot be graded; `least` is what it must have at least."""

    rules: str
    grade: Grade | None
    least: Grade | None
    reasons: tuple[Reason, ...]


def build_grading_rules(content: Mapping[str, Any], version: str) -> GradingRules:
    """The rules that the value of `suitability.grading` describes.

    Raises:
        KeyError, ValueError: when it is incomplete or malformed.
    """
    return GradingRules(
        version=version,
        factors={
            factor: {str(level): Grade(least) for level, least in levels.items()}
            for factor, levels in sorted(content["factors"].items())  # stored without order
        },
        floors={key: Grade(least) for key, least in content["floors"].items()},
    )


def grade_item(inputs: GradingInputs, rules: GradingRules) -> GradingDecision:
    """Grade an item. Without every factor, or below what is due, there is no grade.

    Raises:
        WrongRules: when `inputs` name another version.
    """
    require_version(inputs.rules, rules.version)
    missing = [
        because(Code.FACTOR_MISSING, factor=factor)
        for factor, levels in rules.factors.items()
        if inputs.levels.get(factor) not in levels
    ]
    floor = rules.floors.get(inputs.category)
    if floor is None:
        missing.append(because(Code.FACTOR_MISSING, factor="category"))
    if missing or floor is None:
        return GradingDecision(rules=rules.version, grade=None, least=None, reasons=tuple(missing))
    by_factor = {factor: levels[inputs.levels[factor]] for factor, levels in rules.factors.items()}
    highest = max(by_factor.values())
    least = max(highest, floor)
    reasons = [
        because(Code.FACTOR_SETS, factor=factor, grade=found)
        for factor, found in by_factor.items()
        if found is least
    ]
    if floor is least:
        reasons.append(because(Code.FLOOR_SETS, category=inputs.category, grade=floor))
    return _with_opinion(inputs, rules, floor, least, reasons)


def _with_opinion(
    inputs: GradingInputs, rules: GradingRules, floor: Grade, least: Grade, reasons: list[Reason]
) -> GradingDecision:
    grade: Grade | None = least
    if inputs.proposed is not None and inputs.proposed > least:
        grade = inputs.proposed
        reasons.append(because(Code.FIRM_SETS, grade=grade))
    elif inputs.proposed is not None and inputs.proposed < least:
        grade = None
        below = (
            because(Code.BELOW_FLOOR, category=inputs.category, grade=floor)
            if inputs.proposed < floor
            else because(Code.BELOW_FACTORS, grade=least)
        )
        reasons.insert(0, below)
    return GradingDecision(rules=rules.version, grade=grade, least=least, reasons=tuple(reasons))
