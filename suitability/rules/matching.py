"""May this investor acquire this item? Three legs, entry requirements, two absolute bars.

Only acquiring asks. Selling never does: it stays open always, so it has no place here.

The two bars take no rules and no exposure as an argument, so that no row of data, role or setting
can lift them: a failed (or unproven) entry requirement, and the lowest class above R1. They hold
for professional investors too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from suitability.rules.grades import Grade
from suitability.rules.matching_facts import (
    Duty,
    InvestorFacts,
    ItemFacts,
    Leg,
    LegName,
    MatchDecision,
    MatchInputs,
    MatchOutcome,
)
from suitability.rules.matrix import BadMatrix, MatchingRules, build_matching_rules
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.versions import require_version

__all__ = [
    "BadMatrix",
    "Duty",
    "InvestorFacts",
    "ItemFacts",
    "Leg",
    "LegName",
    "MatchDecision",
    "MatchInputs",
    "MatchOutcome",
    "MatchingRules",
    "absolute_bars",
    "alternatives",
    "build_matching_rules",
    "is_professional",
    "match",
    "match_many",
]


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
    fits = item.grade <= highest
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
    if inputs.item.grade >= rules.special_from:
        duties.append(Duty.SPECIAL_PROCEDURE)
    if outcome is MatchOutcome.MISMATCH_INSIST_POSSIBLE:
        duties.append(Duty.INSIST_ROUTE)
    return MatchDecision(
        rules=inputs.rules, outcome=outcome, reasons=reasons, legs=legs, duties=tuple(duties)
    )
