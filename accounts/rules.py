"""Pure decisions about applications: what is missing, and by when we answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts.states import Step
from brokerage.core.clock import SHANGHAI

OPENS, CLOSES = time(9, 0), time(17, 0)


@dataclass(frozen=True)
class Facts:
    """What is known of an application when its steps are asked for."""

    has_name: bool
    has_outlet: bool
    has_assessment: bool
    has_origin: bool
    sharing_answered: bool


def steps(facts: Facts) -> list[tuple[Step, bool]]:
    """The customer's steps in order, each with whether it is done; sending is the last."""
    found = [
        (Step.NAME, facts.has_name),
        (Step.OUTLET, facts.has_outlet),
        (Step.ASSESSMENT, facts.has_assessment),
    ]
    if facts.has_origin:
        found.append((Step.SHARING, facts.sharing_answered))
    return [*found, (Step.SEND, False)]


def missing(facts: Facts) -> list[Step]:
    """The steps that must be done before sending."""
    return [step for step, done in steps(facts) if not done and step != Step.SEND]


def promise(at: datetime, minutes: int, is_working_day: Callable[[date], bool]) -> datetime:
    """When a review that begins to wait at `at` is finished: `minutes` of desk time later.

    Args:
        at: aware instant.
        minutes: desk time that we promise.
        is_working_day: whether the desk works on a date (Asia/Shanghai).
    """
    local = at.astimezone(SHANGHAI)
    left = timedelta(minutes=minutes)
    for day in _days_from(local.date()):
        if not is_working_day(day):
            continue
        opens = datetime.combine(day, OPENS, SHANGHAI)
        closes = datetime.combine(day, CLOSES, SHANGHAI)
        begins = max(opens, local)
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, timedelta(0))
    raise AssertionError("unreachable")


def _days_from(day: date) -> Iterable[date]:
    while True:
        yield day
        day += timedelta(days=1)
