"""May this investor acquire this item? Three legs, entry requirements, two absolute bars.

Only acquiring asks. Selling never does: it stays open always, so it has no place here.

The two bars take no rules and no exposure as an argument, so that no row of data, role or setting
can lift them: a failed (or unproven) entry requirement, and the lowest class above R1. They hold
for professional investors too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from suitability.rules.grades import Grade, ProfessionalKind
from suitability.rules.paper import InvestorClass
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.versions import require_version


class MatchOutcome(StrEnum):
    """The opinion."""

    MATCH = "match"
    MISMATCH_INSIST_POSSIBLE = "mismatch_insist_possible"
    REFUSED = "refused"


class LegName(StrEnum):
    """The three legs."""

    RISK = "risk"
    HORIZON = "horizon"
    TYPE = "type"


class Duty(StrEnum):
    """What the firm owes before the sale; all of them towards ordinary investors."""

    DISCLOSE = "disclose"  # the five items before a sale
    SPECIAL_PROCEDURE = "special_procedure"  # a high-risk sale
    INSIST_ROUTE = "insist_route"  # see `insisting`


@dataclass(frozen=True, kw_only=True)
class InvestorFacts(Recorded):
    """What counts of an investor on the date of the decision.

    Attributes:
        professional: kind of professional investor; None for an ordinary one.
        professional_until: first day on which that has ended; None for no end.
        investor_class: of the assessment; None without one.
        lowest: whether the class is the lowest one.
        valid_until: first day on which the assessment has ended.
        horizon: answer for the leg of horizon; a key of `MatchingRules.horizons`.
        types: answers for the leg of type; keys of `MatchingRules.types`.
        met: entry requirements that were checked and are met.
        failed: those that were checked and are not. What is in neither counts as failed too.
    """

    professional: ProfessionalKind | None = None
    professional_until: date | None = None
    investor_class: InvestorClass | None = None
    lowest: bool = False
    valid_until: date | None = None
    horizon: str | None = None
    types: frozenset[str] = frozenset()
    met: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ItemFacts(Recorded):
    """What counts of a product, service or permission.

    Attributes:
        key: names the item, by its ref.
        months: for how long the money is bound at most; 0 where it can be sold any day.
        type: one of the types that `MatchingRules.types` allow.
        requirements: entry requirements by key.
    """

    key: str
    grade: Grade
    months: int
    type: str
    requirements: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.months < 0:
            raise ValueError("money is bound for a negative time")


@dataclass(frozen=True, kw_only=True)
class MatchInputs(Recorded):
    """Everything that a matching opinion depends on.

    Attributes:
        rules: version of the matching rules.
        exposures: business dates on which we showed or offered the item to this person.
        on: business date of the decision.
    """

    rules: str
    investor: InvestorFacts
    item: ItemFacts
    exposures: tuple[date, ...] = ()
    on: date


@dataclass(frozen=True)
class Leg(Recorded):
    """One leg and its result."""

    name: LegName
    fits: bool


@dataclass(frozen=True, kw_only=True)
class MatchDecision(Recorded):
    """One opinion with its reasons. `legs` is empty where no leg is asked for."""

    rules: str
    outcome: MatchOutcome
    reasons: tuple[Reason, ...]
    legs: tuple[Leg, ...] = ()
    duties: tuple[Duty, ...] = ()


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


def match(inputs: MatchInputs, rules: MatchingRules) -> MatchDecision:
    """The matching opinion for one investor and one item.

    Raises:
        WrongRules: when `inputs` name another version than that of `rules`.
    """
    require_version(inputs.rules, rules.version)
    investor, item = inputs.investor, inputs.item
    bars = absolute_bars(investor, item)
    if is_professional(investor, inputs.on):
        return _professional(inputs, bars)
    if missing := _no_assessment(investor, inputs.on):
        return _refused(inputs, (*bars, missing))
    found = _look_at_legs(investor, item, rules)
    legs = tuple(Leg(name, fits) for name, fits, _reason in found)
    reasons = (*bars, *(reason for _name, _fits, reason in found))
    if bars:
        return _refused(inputs, reasons, legs)
    if all(leg.fits for leg in legs):
        return _allowed(inputs, MatchOutcome.MATCH, reasons, legs, rules)
    if against := _cannot_insist(inputs, rules):
        return _refused(inputs, (*reasons, *against), legs)
    return _allowed(inputs, MatchOutcome.MISMATCH_INSIST_POSSIBLE, reasons, legs, rules)


def match_many(
    investor: InvestorFacts,
    items: Sequence[ItemFacts],
    rules: MatchingRules,
    *,
    on: date,
    exposures: Mapping[str, tuple[date, ...]] | None = None,
) -> list[MatchDecision]:
    """One investor against a shelf, in its order; `exposures` by key of the item."""
    shown = exposures or {}
    return [
        match(
            MatchInputs(
                rules=rules.version,
                investor=investor,
                item=item,
                exposures=shown.get(item.key, ()),
                on=on,
            ),
            rules,
        )
        for item in items
    ]


def alternatives(
    wanted: ItemFacts,
    shelf: Sequence[ItemFacts],
    investor: InvestorFacts,
    rules: MatchingRules,
    *,
    on: date,
    limit: int = 3,
) -> list[ItemFacts]:
    """The nearest items of `shelf` that match, nearest first.

    Order: the same type before others; then the smaller difference of grade, the lower grade
    first where two are equally far; then the smaller difference of the time that money is bound;
    then the key, so that the order is always the same.
    """
    decisions = match_many(investor, shelf, rules, on=on)
    suitable = [
        item
        for item, decision in zip(shelf, decisions, strict=True)
        if decision.outcome is MatchOutcome.MATCH and item.key != wanted.key
    ]

    def distance(item: ItemFacts) -> tuple[bool, int, int, int, str]:
        apart = abs(item.grade.height - wanted.grade.height)
        months = abs(item.months - wanted.months)
        return item.type != wanted.type, apart, item.grade.height, months, item.key

    return sorted(suitable, key=distance)[:limit]


def absolute_bars(investor: InvestorFacts, item: ItemFacts) -> tuple[Reason, ...]:
    """What no role, setting or row of data can lift."""
    bars = [
        because(
            Code.ENTRY_FAILED if key in investor.failed else Code.ENTRY_UNPROVEN, requirement=key
        )
        for key in item.requirements
        if key in investor.failed or key not in investor.met
    ]
    if investor.lowest and item.grade is not Grade.R1:
        bars.append(because(Code.LOWEST_ABOVE_R1, grade=item.grade))
    return tuple(bars)


def is_professional(investor: InvestorFacts, on: date) -> bool:
    """Whether the status of a professional investor counts on `on`."""
    until = investor.professional_until
    return investor.professional is not None and (until is None or on < until)


def _professional(inputs: MatchInputs, bars: tuple[Reason, ...]) -> MatchDecision:
    kind = inputs.investor.professional
    assert kind is not None
    reason = because(Code.PROFESSIONAL, kind=kind.value)
    if bars:
        return _refused(inputs, (*bars, reason))
    return MatchDecision(rules=inputs.rules, outcome=MatchOutcome.MATCH, reasons=(reason,))


def _no_assessment(investor: InvestorFacts, on: date) -> Reason | None:
    if investor.investor_class is None or investor.valid_until is None:
        return because(Code.ASSESSMENT_MISSING)
    if on >= investor.valid_until:
        return because(Code.ASSESSMENT_EXPIRED, date=investor.valid_until)
    return None


def _look_at_legs(
    investor: InvestorFacts, item: ItemFacts, rules: MatchingRules
) -> list[tuple[LegName, bool, Reason]]:
    return [
        _risk(investor, item, rules),
        _horizon(investor, item, rules),
        _type(investor, item, rules),
    ]


def _risk(
    investor: InvestorFacts, item: ItemFacts, rules: MatchingRules
) -> tuple[LegName, bool, Reason]:
    found = investor.investor_class
    assert found is not None
    highest = Grade.R1 if investor.lowest else rules.highest[found]
    fits = item.grade.height <= highest.height
    code = Code.RISK_FITS if fits else Code.RISK_ABOVE_CLASS
    return LegName.RISK, fits, because(code, **{"class": found, "grade": item.grade})


def _horizon(
    investor: InvestorFacts, item: ItemFacts, rules: MatchingRules
) -> tuple[LegName, bool, Reason]:
    if investor.horizon is None or investor.horizon not in rules.horizons:
        return LegName.HORIZON, False, because(Code.HORIZON_UNKNOWN)
    limit = rules.horizons[investor.horizon]
    if limit is None or item.months <= limit:
        return LegName.HORIZON, True, because(Code.HORIZON_FITS, months=item.months)
    reason = because(Code.HORIZON_TOO_LONG, months=item.months, limit=limit)
    return LegName.HORIZON, False, reason


def _type(
    investor: InvestorFacts, item: ItemFacts, rules: MatchingRules
) -> tuple[LegName, bool, Reason]:
    if not investor.types:
        return LegName.TYPE, False, because(Code.TYPE_UNKNOWN)
    fits = item.type in rules.covered(investor.types)
    code = Code.TYPE_FITS if fits else Code.TYPE_NOT_WANTED
    return LegName.TYPE, fits, because(code, type=item.type)


def _cannot_insist(inputs: MatchInputs, rules: MatchingRules) -> tuple[Reason, ...]:
    """Why a mismatch cannot be insisted on. An exposure dated later counts as well."""
    against = []
    if inputs.investor.lowest:
        against.append(because(Code.LOWEST_CANNOT_INSIST))
    days = rules.exposure_days
    recent = [day for day in inputs.exposures if (inputs.on - day).days <= days]
    if recent:
        against.append(because(Code.OFFERED_BY_US, date=max(recent), days=days))
    return tuple(against)


def _refused(
    inputs: MatchInputs, reasons: tuple[Reason, ...], legs: tuple[Leg, ...] = ()
) -> MatchDecision:
    return MatchDecision(
        rules=inputs.rules, outcome=MatchOutcome.REFUSED, reasons=reasons, legs=legs
    )


def _allowed(
    inputs: MatchInputs,
    outcome: MatchOutcome,
    reasons: tuple[Reason, ...],
    legs: tuple[Leg, ...],
    rules: MatchingRules,
) -> MatchDecision:
    duties = [Duty.DISCLOSE]
    if inputs.item.grade.height >= rules.special_from.height:
        duties.append(Duty.SPECIAL_PROCEDURE)
    if outcome is MatchOutcome.MISMATCH_INSIST_POSSIBLE:
        duties.append(Duty.INSIST_ROUTE)
    return MatchDecision(
        rules=inputs.rules, outcome=outcome, reasons=reasons, legs=legs, duties=tuple(duties)
    )
