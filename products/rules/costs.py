"""What a product costs, in yuan: pure functions over the table of fees of its terms.

Each line is rounded to the cent on its own, half up; the sum of a bill is the sum of its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

CENT = Decimal("0.01")
YEAR = 365
YEARLY = ("management", "custody", "service")
"""Fees that are taken out of the net value day by day."""
MOST_RATE = Decimal("0.05")
MOST_FLAT = Decimal(100_000)


class BadFees(ValueError):
    """A table of fees breaks its form; `part` names where."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True)
class Step:
    """From an amount (yuan) or a number of days on: a rate, or a flat sum in yuan."""

    start: Decimal
    rate: Decimal | None
    flat: Decimal | None = None


@dataclass(frozen=True)
class Fees:
    """A table of fees.

    Attributes:
        subscription: steps by amount; the first begins at 0.
        redemption: steps by days held; the first begins at 0.
        yearly: rates a year by name, of `YEARLY`.
    """

    subscription: tuple[Step, ...] = ()
    redemption: tuple[Step, ...] = ()
    yearly: tuple[tuple[str, Decimal], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The form that terms keep; decimals are text."""
        return {
            "subscription": [_plain(step) for step in self.subscription],
            "redemption": [_plain(step) for step in self.redemption],
            "yearly": {name: str(rate) for name, rate in self.yearly},
        }


@dataclass(frozen=True)
class Bill:
    """What an amount costs over a year, in yuan.

    Attributes:
        amount: that is paid in.
        subscription: taken on buying.
        invested: amount less subscription; the two add up to the amount.
        yearly: by name, for a year in which the value stays as it is.
        redemption: taken on selling after that year.
        total: sum of all lines.
    """

    amount: Decimal
    subscription: Decimal
    invested: Decimal
    yearly: tuple[tuple[str, Decimal], ...]
    redemption: Decimal
    total: Decimal


def read_fees(value: Any) -> Fees:
    """The table behind its JSON form.

    Raises:
        BadFees: when something is missing, out of order or beyond what may be charged.
    """
    if not isinstance(value, Mapping) or set(value) != {"subscription", "redemption", "yearly"}:
        raise BadFees("fees")
    yearly = value["yearly"]
    if not isinstance(yearly, Mapping) or not set(yearly) <= set(YEARLY):
        raise BadFees("yearly")
    rates = tuple(
        (name, _within(yearly[name], MOST_RATE, "yearly")) for name in YEARLY if name in yearly
    )
    return Fees(
        subscription=_steps(value["subscription"], "subscription"),
        redemption=_steps(value["redemption"], "redemption"),
        yearly=rates,
    )


def subscription_fee(fees: Fees, amount: Decimal) -> Decimal:
    """Of a sum paid in, in cents: net amount = amount / (1 + rate), the fee is the rest [M].

    Args:
        amount: yuan in whole cents, positive.
    """
    step = _step_of(fees.subscription, amount)
    if step is None:
        return Decimal(0)
    if step.flat is not None:
        return min(step.flat, amount)
    return amount - cents(amount / (1 + (step.rate or Decimal(0))))


def redemption_fee(fees: Fees, gross: Decimal, days: int) -> Decimal:
    """Of the value sold after so many days of holding, in cents."""
    step = _step_of(fees.redemption, Decimal(days))
    if step is None:
        return Decimal(0)
    return min(step.flat, gross) if step.flat is not None else cents(gross * (step.rate or 0))


def bill(fees: Fees, amount: Decimal, *, days: int = YEAR) -> Bill:
    """Everything that `amount` costs when it is held for `days`, as if its value stayed."""
    fee = subscription_fee(fees, amount)
    invested = amount - fee
    yearly = tuple((name, cents(invested * rate * days / YEAR)) for name, rate in fees.yearly)
    redemption = redemption_fee(fees, invested, days)
    total = fee + sum((each for _name, each in yearly), Decimal(0)) + redemption
    return Bill(amount, fee, invested, yearly, redemption, total)


def cents(value: Decimal) -> Decimal:
    """Whole cents, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def _step_of(steps: Iterable[Step], measure: Decimal) -> Step | None:
    found = None
    for step in steps:
        if step.start <= measure:
            found = step
    return found


def _steps(rows: Any, part: str) -> tuple[Step, ...]:
    if not isinstance(rows, list):
        raise BadFees(part)
    steps = []
    for row in rows:
        if not isinstance(row, Mapping) or set(row) not in ({"from", "rate"}, {"from", "flat"}):
            raise BadFees(part)
        start = _within(row["from"], Decimal(10) ** 12, part)
        if "rate" in row:
            steps.append(Step(start, _within(row["rate"], MOST_RATE, part)))
        else:
            steps.append(Step(start, None, _within(row["flat"], MOST_FLAT, part)))
    starts = [step.start for step in steps]
    if starts and (starts[0] != 0 or starts != sorted(set(starts))):
        raise BadFees(part)
    return tuple(steps)


def _within(value: Any, most: Decimal, part: str) -> Decimal:
    try:
        found = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or not 0 <= found <= most:
        raise BadFees(part)
    return found


def _plain(step: Step) -> dict[str, str]:
    last = {"flat": str(step.flat)} if step.rate is None else {"rate": str(step.rate)}
    return {"from": str(step.start), **last}
