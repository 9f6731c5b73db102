"""Whether a paper may be answered again, and whether a new class deserves a look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from brokerage.reference.periods import Period
from suitability.rules.paper import InvestorClass
from suitability.rules.paper_terms import RetakeCaps
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded

ONE_YEAR = Period(months=12)


@dataclass(frozen=True, kw_only=True)
class RetakeInputs(Recorded):
    """The facts of a wish to answer again.

    Attributes:
        paper: version of the paper whose caps hold.
        attempts: business dates of all papers submitted before.
        changed: what the person says has changed since; free text is kept elsewhere, here
            only whether there is one.
        on: business date.
    """

    paper: str
    attempts: tuple[date, ...]
    changed: bool
    on: date


@dataclass(frozen=True, kw_only=True)
class RetakeDecision(Recorded):
    """`earliest`: the first date on which the caps allow a paper; `on` itself where they do."""

    allowed: bool
    reasons: tuple[Reason, ...]
    earliest: date


def may_retake(inputs: RetakeInputs, caps: RetakeCaps) -> RetakeDecision:
    """Apply the caps. The first paper of all needs no change to be named."""
    on, past = inputs.on, sorted(day for day in inputs.attempts if day <= inputs.on)
    reasons: list[Reason] = []
    if past and not inputs.changed:
        reasons.append(because(Code.NOTHING_CHANGED))
    earliest = on
    if past.count(on) >= caps.per_day:
        earliest = on + timedelta(1)
        reasons.append(because(Code.CAP_OF_THE_DAY, limit=caps.per_day, date=earliest))
    # An attempt counts until the same date one year later.
    counting = [day for day in past if ONE_YEAR.after(day) > on]
    if len(counting) >= caps.per_year:
        free = ONE_YEAR.after(counting[-caps.per_year])
        reasons.append(because(Code.CAP_OF_THE_YEAR, limit=caps.per_year, date=free))
        earliest = max(earliest, free)
    return RetakeDecision(allowed=not reasons, reasons=tuple(reasons), earliest=earliest)


@dataclass(frozen=True, kw_only=True)
class JumpInputs(Recorded):
    """A new class beside the one before.

    Attributes:
        before: the class that counted last; None for a first paper.
        before_lowest: whether that was the lowest class.
        refusals: business dates on which something was refused, or did not match, for want of
            a higher class.
    """

    paper: str
    before: InvestorClass | None
    before_lowest: bool
    after: InvestorClass
    after_lowest: bool
    refusals: tuple[date, ...]
    on: date


@dataclass(frozen=True, kw_only=True)
class JumpDecision(Recorded):
    """`flagged`: a supervisor has to look at it. The class stands meanwhile."""

    flagged: bool
    reasons: tuple[Reason, ...]


def look_at_jump(inputs: JumpInputs, caps: RetakeCaps) -> JumpDecision:
    """Flag a class that rises shortly after a refusal. Leaving the lowest class is a rise."""
    if inputs.before is None:
        return JumpDecision(flagged=False, reasons=())
    rise = _height(inputs.after, inputs.after_lowest) - _height(
        inputs.before, inputs.before_lowest
    )
    recent = [
        day
        for day in inputs.refusals
        if timedelta() <= inputs.on - day and (inputs.on - day).days <= caps.jump_days
    ]
    if rise < caps.jump_classes or not recent:
        return JumpDecision(flagged=False, reasons=())
    reason = because(
        Code.JUMP_AFTER_REFUSAL, before=inputs.before, after=inputs.after, date=max(recent)
    )
    return JumpDecision(flagged=True, reasons=(reason,))


def _height(investor_class: InvestorClass, lowest: bool) -> int:
    return 0 if lowest else int(investor_class.value[1])
