"""Which lots of a fund are sold first, and what selling them costs: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from products.rules.costs import Fees, cents, redemption_fee


@dataclass(frozen=True)
class Lot:
    """Units bought for one dealing day."""

    day: date
    units: Decimal


def oldest_first(lots: Iterable[Lot], gone: Decimal, units: Decimal, today: date) -> list[Lot]:
    """The parts of lots that a sale takes; first bought is first sold.

    Args:
        lots: everything that was bought.
        gone: units that were sold before.
        units: that are sold now.
        today: the day of units whose purchase nobody knows: they count as held for no time,
            which costs the most.
    """
    taken: list[Lot] = []
    left = units
    for lot in sorted(lots, key=lambda each: each.day):
        past = min(gone, lot.units)
        gone -= past
        now = min(left, lot.units - past)
        if now:
            taken.append(Lot(lot.day, now))
            left -= now
    if left:
        taken.append(Lot(today, left))
    return taken


def fee_of_lots(fees: Fees, lots: Sequence[Lot], value: Decimal, today: date) -> Decimal:
    """The fee on selling these lots at `value` a unit, each by its own days of holding.

    Args:
        value: of a unit, in yuan.
        today: the dealing day of the sale.

    Returns:
        Yuan in whole cents, at most what the lots are worth together.
    """
    parts = (
        redemption_fee(fees, cents(lot.units * value), max((today - lot.day).days, 0))
        for lot in lots
    )
    gross = cents(sum((lot.units for lot in lots), Decimal(0)) * value)
    return min(sum(parts, Decimal(0)), gross)
