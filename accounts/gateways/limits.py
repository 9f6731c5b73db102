"""Limits of an account on their way to the trading counter, which `holdings` talks to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.evidence.states import CheckResult
from accounts.gateways.base import Unavailable
from holdings import gateways as counter


@dataclass(frozen=True)
class LimitsQuestion:
    """What is told, as plain values; see `holdings.gateways.Limits`.

    Attributes:
        account: ref of the counter account.
        stops: abilities that are closed; empty lifts everything.
        as_of: ISO instant of the decision.
    """

    account: str
    stops: tuple[str, ...]
    as_of: str


@dataclass(frozen=True)
class LimitsTaken:
    """The counter keeps them."""

    result: str = CheckResult.TAKEN.value


def tell_counter(question: LimitsQuestion, *, key: UUID, at: datetime) -> LimitsTaken:
    """Have the counter keep the limits; the same key has one effect.

    Raises:
        Unavailable: the counter gave no usable answer.
    """
    limits = counter.Limits(UUID(question.account), tuple(question.stops), question.as_of)
    try:
        counter.counter_gateway().limit(limits, key=key, at=at)
    except counter.Unavailable as error:
        raise Unavailable(str(error)) from None
    return LimitsTaken()
