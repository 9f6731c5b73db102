"""Which of the products that suit is worth a suggestion, if any: a pure, explainable ranking.

Nothing here knows what the firm earns: parts of value to the customer are weighed, and "nothing
today" wins where the best of them is not good enough. There is no propensity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

HUNDRED = Decimal(100)
POINT = Decimal("0.1")


class Part(StrEnum):
    """What counts for the customer."""

    GAP = "gap"  # less of this type than the model allocation of the class has
    COST = "cost"  # what it costs in a year
    HORIZON = "horizon"  # how long the customer wants to invest
    STAGE = "stage"  # the stage of life: how well the type goes with the age


@dataclass(frozen=True)
class RankingRules:
    """One dated version of the ranking.

    Attributes:
        version: kept with each offer.
        weights: of the parts that count in this version; they add up to 100.
        least: points below which nothing is suggested.
        dearest: share a year at which the part of cost is worth nothing.
        model: by class, shares of types in per cent; each adds up to 100.
        horizons: by stated horizon, points of a type.
        stages: (full years below which it holds, or None for the rest; points of a type), the
            youngest first; empty where the stage of life has no weight.
        every_days: at most one suggestion within so many days.
        pause_days: so long a product that was turned down is not suggested again.
    """

    version: str
    weights: Mapping[Part, Decimal]
    least: Decimal
    dearest: Decimal
    model: Mapping[str, Mapping[str, Decimal]]
    horizons: Mapping[str, Mapping[str, Decimal]]
    stages: Sequence[tuple[int | None, Mapping[str, Decimal]]]
    every_days: int
    pause_days: int


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A product that suits: its code, its type, and its cost as a share of the amount a year."""

    code: str
    type: str
    cost: Decimal


@dataclass(frozen=True, kw_only=True)
class Person:
    """What counts of a customer.

    Attributes:
        investor_class: such as C4.
        horizon: as stated in the assessment; None where unknown.
        held: yuan by type.
        age: full years; None where unknown, and for organisations.
    """

    investor_class: str
    horizon: str | None
    held: Mapping[str, Decimal]
    age: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A candidate with its points by part, 0 to 100 each, and their weighed sum."""

    code: str
    parts: Mapping[Part, Decimal]
    total: Decimal


class BadRanking(ValueError):
    """A row of rules that adds up wrongly; English, for makers of rules."""


def build_ranking_rules(value: Mapping[str, Any], version: str) -> RankingRules:
    """The rules behind a dated row.

    Raises:
        BadRanking: where weights or a model do not add up to 100, or stages of life leave a gap.
    """
    weights = {Part(key): Decimal(share) for key, share in value["weights"].items()}
    model = {key: _decimals(row) for key, row in value["model"].items()}
    for shares in (list(weights.values()), *(list(row.values()) for row in model.values())):
        if sum(shares) != HUNDRED or any(share < 0 for share in shares):
            raise BadRanking("Shares have to add up to 100.")
    stages = [(row["below"], _decimals(row["points"])) for row in value.get("stages", ())]
    if (Part.STAGE in weights) != bool(stages) or not _covers_every_age(stages):
        raise BadRanking("Stages of life have to cover every age once.")
    return RankingRules(
        version=version,
        weights=weights,
        least=Decimal(value["least"]),
        dearest=Decimal(value["dearest"]),
        model=model,
        horizons={key: _decimals(row) for key, row in value["horizons"].items()},
        stages=stages,
        every_days=value["every_days"],
        pause_days=value["pause_days"],
    )


def rank(candidates: Sequence[Candidate], person: Person, rules: RankingRules) -> list[Ranked]:
    """All candidates, the best first; equal ones the cheaper first, then by code."""
    cost = {each.code: each.cost for each in candidates}
    ranked = [_points(each, person, rules) for each in candidates]
    return sorted(ranked, key=lambda each: (-each.total, cost[each.code], each.code))


def best(ranked: Sequence[Ranked], rules: RankingRules) -> Ranked | None:
    """The first where it is good enough; None where nothing is the better answer."""
    return ranked[0] if ranked and ranked[0].total >= rules.least else None


def _points(item: Candidate, person: Person, rules: RankingRules) -> Ranked:
    every = {
        Part.GAP: _gap(item.type, person, rules),
        Part.COST: _cost(item.cost, rules),
        Part.HORIZON: rules.horizons.get(person.horizon or "", {}).get(item.type, Decimal(0)),
        Part.STAGE: _stage(item.type, person, rules),
    }
    parts = {part: points for part, points in every.items() if part in rules.weights}
    total = sum((rules.weights[part] * points for part, points in parts.items()), Decimal(0))
    return Ranked(code=item.code, parts=parts, total=_round(total / HUNDRED))


def _gap(kind: str, person: Person, rules: RankingRules) -> Decimal:
    """How much of what the model has of this type is missing, in per cent of it."""
    wanted = rules.model.get(person.investor_class, {}).get(kind, Decimal(0))
    if not wanted:
        return Decimal(0)
    whole = sum(person.held.values(), Decimal(0))
    has = person.held.get(kind, Decimal(0)) / whole * HUNDRED if whole else Decimal(0)
    return _round(max(Decimal(0), wanted - has) / wanted * HUNDRED)


def _cost(cost: Decimal, rules: RankingRules) -> Decimal:
    return _round(max(Decimal(0), 1 - cost / rules.dearest) * HUNDRED)


def _stage(kind: str, person: Person, rules: RankingRules) -> Decimal:
    """Points of the type at this age; none where the age is unknown."""
    if person.age is None:
        return Decimal(0)
    met = (points for below, points in rules.stages if below is None or person.age < below)
    return next(met, {}).get(kind, Decimal(0))


def _covers_every_age(stages: Sequence[tuple[int | None, Mapping[str, Decimal]]]) -> bool:
    """Whether ages grow from stage to stage and the last one holds for the rest."""
    ends = [below for below, _points in stages]
    known = [below for below in ends[:-1] if below is not None]
    return not ends or (
        ends[-1] is None and len(known) == len(ends) - 1 and known == sorted(set(known))
    )


def _round(value: Decimal) -> Decimal:
    return value.quantize(POINT, ROUND_HALF_UP)


def _decimals(row: Mapping[str, str]) -> dict[str, Decimal]:
    return {key: Decimal(share) for key, share in row.items()}
