"""For which day an order counts, and which amounts may be ordered: pure functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, localcontext
from enum import StrEnum

CENT = Decimal("0.01")
UNIT = Decimal("0.01")
"""Units are ordered with two decimals, as registrars keep them."""
MOST = Decimal(10) ** 13
"""Yuan or units in one order; columns of sums take it a hundred thousand times."""


QUANTUM = Decimal("0.000001")
"""Units and values are kept with six decimals."""
MOST_TOLD = Decimal(10) ** 14
"""What a column of units takes; a registrar that tells more has made a mistake."""


class Wrong(StrEnum):
    """What is wrong with an amount or a number of units."""

    OVERFLOW = "overflow"
    PRECISION = "precision"
    TOO_LITTLE = "too_little"
    STEP = "step"
    QUOTA = "quota"
    TOO_MUCH = "too_much"


def dealing_day(
    local: datetime,
    cut_off: time,
    *,
    is_trading_day: Callable[[date], bool],
    next_trading_day: Callable[[date], date],
) -> date:
    """The trading day that an order placed at `local` counts for.

    Args:
        local: wall clock in Shanghai.
        cut_off: orders before it count for the same day; it is not included, to the second.
    """
    if is_trading_day(local.date()) and local.time().replace(tzinfo=None) < cut_off:
        return local.date()
    return next_trading_day(local.date())


def wrong_amount(
    amount: Decimal, *, minimum: Decimal, step: Decimal, left: Decimal | None
) -> Wrong | None:
    """Why a sum of yuan cannot be ordered; None where it can.

    Args:
        left: of the quota; None without one.
    """
    if not amount.is_finite() or abs(amount) > MOST:
        return Wrong.OVERFLOW
    if amount != amount.quantize(CENT):
        return Wrong.PRECISION
    if amount < minimum:
        return Wrong.TOO_LITTLE
    if (amount - minimum) % step:
        return Wrong.STEP
    if left is not None and amount > left:
        return Wrong.QUOTA
    return None


def wrong_units(units: Decimal, *, free: Decimal) -> Wrong | None:
    """Why a number of units cannot be sold; None where it can. There is no least number.

    All that is free can always be sold, with however many decimals: less is always allowed.
    """
    if not units.is_finite() or abs(units) > MOST:
        return Wrong.TOO_MUCH
    if 0 < units == free:
        return None
    if units != units.quantize(UNIT):
        return Wrong.PRECISION
    if units <= 0:
        return Wrong.TOO_LITTLE
    return Wrong.TOO_MUCH if units > free else None


class WrongTrade(StrEnum):
    """What is wrong with the units that a registrar told."""

    UNITS = "no units or no value, or more decimals than are kept"
    SUMS = "units times value is another sum"


def wrong_trade(
    units: Decimal, value: Decimal, amount: Decimal, *, least_unit: Decimal
) -> WrongTrade | None:
    """Why units at a value are not what an amount comes to; None where they are.

    Args:
        units: allotted or sold.
        value: of a unit, in yuan.
        amount: yuan net of the fee of a purchase, gross of a sale.
        least_unit: to which units are rounded: what less than one of it is worth may be left over.
            0 for a sale, whose units are those of the order.

    Returns:
        What is wrong. A cent is allowed for the rounding of the amount.
    """
    if not (0 < units < MOST_TOLD and 0 < value < MOST_TOLD):
        return WrongTrade.UNITS
    if units != units.quantize(QUANTUM) or value != value.quantize(QUANTUM):
        return WrongTrade.UNITS
    # 34 digits each have room in 80: the product of odd figures is exact
    with localcontext() as exact:
        exact.prec = 80
        apart = abs(units * value - amount)
        return WrongTrade.SUMS if apart > value * least_unit + CENT else None


@dataclass(frozen=True)
class Settled:
    """What a confirmed order comes to, in yuan and units.

    Buying: paid = invested + fee + refund. Selling: proceeds + fee = gross.
    """

    invested: Decimal
    fee: Decimal
    refund: Decimal


def settle(paid: Decimal, accepted: Decimal, fee: Decimal) -> Settled:
    """Share what was paid in among investment, fee and refund; no cent is lost.

    Args:
        paid: by the customer.
        accepted: of it by the registrar, the fee included; at most what was paid.
        fee: as the registrar told it; at most what was accepted.

    Raises:
        ValueError: where the registrar's figures do not fit together.
    """
    if not 0 <= fee <= accepted <= paid:  # first: no larger figure can be brought to cents
        raise ValueError("the figures do not fit together")
    for figure in (paid, accepted, fee):
        if figure != figure.quantize(CENT):
            raise ValueError("a sum has at most two decimals")
    return Settled(accepted - fee, fee, paid - accepted)
