"""When somebody should be told: too much trading, too much in one security, bought on a rumour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class TradingRule:
    """Too often, against the customer's own past.

    Attributes:
        days: calendar days that are looked at.
        windows: so many spans of that length before them are the past.
        least: fewer trades are never too many.
        times: so many times the own average of the past is too often.
    """

    version: str
    days: int
    windows: int
    least: int
    times: Decimal


@dataclass(frozen=True, kw_only=True)
class Trading:
    """What a customer traded: counts, and the fees of the days looked at in yuan."""

    now: int
    before: int
    fees: Decimal


def trades_too_often(found: Trading, rule: TradingRule) -> bool:
    """Whether there were `least` trades and `times` the own average of one span of the past.

    Without a past the number alone decides nothing: there is nothing to compare with.
    """
    if found.now < rule.least or not found.before:
        return False
    return found.now * rule.windows >= found.before * rule.times


def usual(found: Trading, rule: TradingRule) -> Decimal:
    """Trades of an average span of the past, to one decimal place."""
    share = Decimal(found.before) / rule.windows
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class ConcentrationRule:
    """Too much in one security: `percent` of all securities, from `least` yuan on.

    `kinds` are those of which one can be too much; a fund that spreads what it holds is none.
    """

    version: str
    percent: int
    least: Decimal
    kinds: frozenset[str]


def share_of(largest: Decimal, total: Decimal) -> int:
    """Whole per cent, rounded down; 0 where nothing is held."""
    return int(largest * 100 / total) if total > 0 else 0


def is_concentrated(largest: Decimal, total: Decimal, rule: ConcentrationRule) -> bool:
    """Whether one security is too much of all."""
    return total >= rule.least and largest * 100 >= total * rule.percent


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `most` reminders to one customer in `days` calendar days."""

    most: int
    days: int


T = TypeVar("T", bound=Any)


def within_limit(found: Iterable[T], said: int, limit: Limit) -> list[T]:
    """What one customer is told tonight; the rest, where it stays true, on a later night.

    Args:
        found: in the order of their weight, each with `needs_person`.
        said: how many the customer got in the days of the limit.

    What an adviser follows up is never put off, and counts.
    """
    told: list[T] = []
    for one in found:
        if one.needs_person or said + len(told) < limit.most:
            told.append(one)
    return told
