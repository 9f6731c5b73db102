"""What several purchases come to together: pure functions, exact to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from products.rules.costs import Bill

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Together:
    """The sums of some bills, in yuan; each line of a bill is in whole cents, so these are too.

    Attributes:
        amount: that is paid in; subscription and invested add up to it.
        subscription: fees on buying.
        invested: what goes into the funds.
        total: all that it costs in a year.
    """

    amount: Decimal = ZERO
    subscription: Decimal = ZERO
    invested: Decimal = ZERO
    total: Decimal = ZERO


def together(bills: Iterable[Bill]) -> Together:
    """The sums of the lines of bills; of none it is nothing."""
    found = Together()
    for each in bills:
        found = Together(
            found.amount + each.amount,
            found.subscription + each.subscription,
            found.invested + each.invested,
            found.total + each.total,
        )
    return found
