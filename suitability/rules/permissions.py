"""How far a customer is from a trading permission: each condition, by how much, and from when.

A distance informs; it opens nothing. It is honest in three ways: a class is no goal, so no date is
ever given for a better one; money counts on each day it stays, so a deposit for a few days is
never shown as a way; and where nobody can say when, there is no date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from brokerage.reference.periods import Period
from suitability.rules.conditions import Proof, evaluate
from suitability.rules.grades import ProfessionalKind
from suitability.rules.paper import InvestorClass
from suitability.rules.permission_rules import Kind, PermissionRule, Requirement
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.versions import require_version

CENT = Decimal("0.01")
TradingDays = Callable[[date, int], date]
"""The n-th trading day after a date, before it for n < 0; for n = 0 the date itself or the next.

As `brokerage.reference.calendars.add_trading_days`; raises LookupError where the calendar ends.
"""


@dataclass(frozen=True, kw_only=True)
class DayAssets(Recorded):
    """Net assets at the end of a trading day, in yuan, without what was borrowed by margin."""

    day: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class DistanceInputs(Recorded):
    """The facts of a customer; the asset snapshot is frozen with them.

    Attributes:
        rules: version of the permission's row.
        assets: one row a trading day; a day that is absent counts as nothing. None where nobody
            told: then the average is unknown, which is neither met nor given a date.
        late: trading days of which no figures have arrived yet, for anybody; they are no word of
            how much this customer held.
        waived: trading days that were given up: an average leaves them out and reaches back one
            day more for each.
        professional: the kind of a professional investor on `on`; such a one is not graded.
        first_trade: in the depository's register; None where there was none, or nobody asked.
        first_trade_known: whether somebody asked.
        tests: best score by test.
        facts: proved amounts and facts.
    """

    rules: str
    person: bool
    on: date
    assets: tuple[DayAssets, ...] | None = ()
    late: tuple[date, ...] = ()
    waived: tuple[date, ...] = ()
    first_trade: date | None = None
    first_trade_known: bool = True
    professional: ProfessionalKind | None = None
    investor_class: InvestorClass | None = None
    lowest: bool = False
    valid_until: date | None = None
    tests: Mapping[str, int]
    facts: Mapping[str, Proof]


@dataclass(frozen=True, kw_only=True)
class ConditionResult(Recorded):
    """One condition. `earliest` is None where nobody can say; `missing` is in yuan."""

    kind: Kind
    met: bool
    reasons: tuple[Reason, ...]
    earliest: date | None = None
    missing: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Distance(Recorded):
    """All conditions of a permission. `earliest`: the first date on which all can be met."""

    rules: str
    permission: str
    met: bool
    conditions: tuple[ConditionResult, ...]
    earliest: date | None = None


def distance(inputs: DistanceInputs, rule: PermissionRule, trading_days: TradingDays) -> Distance:
    """Hold the facts against every condition.

    A valid assessment that is not the lowest class is a condition of every permission, here and
    not in the data.

    Raises:
        WrongRules: when `inputs` name another version than that of `rule`.
    """
    require_version(inputs.rules, rule.version)
    wanted = rule.persons if inputs.person else rule.organisations
    results = (
        _assessment(inputs),
        *(_look_at(each, inputs, trading_days) for each in wanted),
    )
    dates = [each.earliest for each in results]
    return Distance(
        rules=rule.version,
        permission=rule.key,
        met=all(each.met for each in results),
        conditions=results,
        earliest=None if None in dates else max(day for day in dates if day),
    )


def _look_at(
    wanted: Requirement, inputs: DistanceInputs, trading_days: TradingDays
) -> ConditionResult:
    if wanted.kind is Kind.AVERAGE:
        return _average(wanted, inputs, trading_days)
    return _LOOKS[wanted.kind](wanted, inputs)


def _assessment(inputs: DistanceInputs) -> ConditionResult:
    on = inputs.on
    if inputs.lowest:
        return _result(Kind.ASSESSMENT, False, because(Code.LOWEST_NO_PERMISSION))
    if inputs.professional is not None:
        return _result(Kind.ASSESSMENT, True, _professional(inputs.professional), earliest=on)
    if inputs.investor_class is None or inputs.valid_until is None:
        return _result(Kind.ASSESSMENT, False, because(Code.ASSESSMENT_MISSING), earliest=on)
    if on >= inputs.valid_until:
        reason = because(Code.ASSESSMENT_EXPIRED, date=inputs.valid_until)
        return _result(Kind.ASSESSMENT, False, reason, earliest=on)
    reason = because(Code.ASSESSMENT_VALID, date=inputs.valid_until)
    return _result(Kind.ASSESSMENT, True, reason, earliest=on)


def _class(wanted: Requirement, inputs: DistanceInputs) -> ConditionResult:
    least = wanted.investor_class
    assert least is not None
    if inputs.professional is not None and not inputs.lowest:
        reason = _professional(inputs.professional)
        return _result(Kind.CLASS, True, reason, earliest=inputs.on)
    found = None if inputs.lowest else inputs.investor_class
    met = found is not None and found >= least
    code = Code.CLASS_ENOUGH if met else Code.CLASS_TOO_LOW
    reason = because(code, **{"class": least})
    return _result(Kind.CLASS, met, reason, earliest=inputs.on if met else None)


def _professional(kind: ProfessionalKind) -> Reason:
    return because(Code.PROFESSIONAL, kind=kind.value)


def _experience(wanted: Requirement, inputs: DistanceInputs) -> ConditionResult:
    period = Period(months=wanted.months)
    if not inputs.first_trade_known:
        reason = because(Code.EXPERIENCE_UNKNOWN, months=wanted.months)
        return _result(Kind.EXPERIENCE, False, reason)
    if inputs.first_trade is None:
        reason = because(Code.EXPERIENCE_NOT_BEGUN, months=wanted.months)
        return _result(Kind.EXPERIENCE, False, reason, earliest=period.after(inputs.on))
    reached = period.after(inputs.first_trade)
    if reached <= inputs.on:
        reason = because(Code.EXPERIENCE_ENOUGH, months=wanted.months)
        return _result(Kind.EXPERIENCE, True, reason, earliest=inputs.on)
    reason = because(Code.EXPERIENCE_TOO_SHORT, months=wanted.months, date=reached)
    return _result(Kind.EXPERIENCE, False, reason, earliest=reached)


def _test(wanted: Requirement, inputs: DistanceInputs) -> ConditionResult:
    met = inputs.tests.get(wanted.test, -1) >= wanted.mark
    code = Code.TEST_PASSED if met else Code.TEST_TO_PASS
    reason = because(code, score=inputs.tests[wanted.test] if met else wanted.mark)
    return _result(Kind.TEST, met, reason, earliest=inputs.on)


def _fact(wanted: Requirement, inputs: DistanceInputs) -> ConditionResult:
    assert wanted.condition is not None
    found = evaluate(wanted.condition, inputs.facts, on=inputs.on)
    soon = found.met or wanted.at_once
    return ConditionResult(
        kind=Kind.FACT, met=found.met, reasons=found.reasons, earliest=inputs.on if soon else None
    )


def _average(
    wanted: Requirement, inputs: DistanceInputs, trading_days: TradingDays
) -> ConditionResult:
    """The daily average over the trading days before the application.

    The earliest date supposes that assets stay as they are or, where that is too little, are
    filled up to the threshold today and stay there; there is none where the calendar ends before.
    A late day counts as nothing, so the average is never more than it will be.
    """
    if inputs.assets is None:
        reason = because(Code.AVERAGE_UNKNOWN, days=wanted.days, needed=wanted.amount)
        return _result(Kind.AVERAGE, False, reason)
    n, needed, on = wanted.days, wanted.amount, inputs.on
    amounts = {each.day: each.amount for each in inputs.assets}
    days = _counted(inputs, n, trading_days)
    waived = [
        because(Code.AVERAGE_LEAVES_OUT, date=day) for day in inputs.waived if days[0] < day < on
    ]
    held = [amounts.get(day, Decimal()) for day in days]
    average = (sum(held, Decimal()) / n).quantize(CENT, ROUND_DOWN)
    often = sum(amount >= needed for amount in held)
    # Compared as sums: an average rounded down may not be turned against the customer.
    enough = sum(held, Decimal()) >= needed * n
    reasons = [
        because(Code.AVERAGE_ENOUGH, days=n, amount=average, needed=needed)
        if enough
        else because(
            Code.AVERAGE_TOO_LOW, days=n, amount=average, needed=needed, missing=needed - average
        )
    ]
    if wanted.least_days:
        code = Code.AVERAGE_FEW_DAYS if often < wanted.least_days else Code.AVERAGE_OFTEN_ENOUGH
        reasons.append(because(code, days=wanted.least_days, found=often, needed=needed))
    reasons += waived
    if enough and often >= wanted.least_days:
        return ConditionResult(kind=Kind.AVERAGE, met=True, reasons=tuple(reasons), earliest=on)
    late = [day for day in days if day in inputs.late]
    told = [amount for day, amount in zip(days, held, strict=True) if day not in late]
    now = told[-1] if told else Decimal()
    if late:
        reasons.append(because(Code.AVERAGE_WAITS, date=late[-1]))
    if now < needed:
        reasons.append(because(Code.DEPOSIT_MUST_STAY, days=n, missing=needed - now))
    return ConditionResult(
        kind=Kind.AVERAGE,
        met=False,
        reasons=tuple(reasons),
        earliest=_first_enough(held, max(now, needed), wanted, on, trading_days),
        missing=None if enough else needed - average,
    )


def _counted(inputs: DistanceInputs, n: int, trading_days: TradingDays) -> list[date]:
    """The last `n` trading days before the application that were not given up, oldest first."""
    found: list[date] = []
    back = 0
    while len(found) < n:
        back += 1
        day = trading_days(inputs.on, -back)
        if day not in inputs.waived:
            found.insert(0, day)
    return found


def _first_enough(
    held: list[Decimal], later: Decimal, wanted: Requirement, on: date, trading_days: TradingDays
) -> date | None:
    """The first trading day whose window is as wanted, with `later` held from `on`."""
    n, needed = len(held), wanted.amount
    window = list(held)
    try:
        day = trading_days(on, 0)  # the first day that counts with `later`
        for _step in range(n):
            window = [*window[1:], later]
            day = trading_days(day, 1)
            often = sum(amount >= needed for amount in window)
            if sum(window, Decimal()) >= needed * n and often >= wanted.least_days:
                break
    except LookupError:  # next year's calendar is not announced yet: nobody can say
        return None
    return day


def _result(
    kind: Kind, met: bool, reason: Reason, *, earliest: date | None = None
) -> ConditionResult:
    return ConditionResult(kind=kind, met=met, reasons=(reason,), earliest=earliest)


_LOOKS: dict[Kind, Callable[[Requirement, DistanceInputs], ConditionResult]] = {
    Kind.CLASS: _class,
    Kind.EXPERIENCE: _experience,
    Kind.TEST: _test,
    Kind.FACT: _fact,
}
