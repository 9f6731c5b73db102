"""How much of a contract's fee has been earned by a day. Exact: no cent is lost over the term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

CENTS = 100


@dataclass(frozen=True)
class Accrual:
    """A fee for a term of days, as far as one day.

    Attributes:
        fee_yuan: the fee for the whole term, in whole cents.
        term_from: first day of the term.
        term_to: first day after the term that was agreed.
        through: first day that does not count any more.
    """

    fee_yuan: Decimal
    term_from: date
    term_to: date
    through: date

    @property
    def term_days(self) -> int:
        """Days of the whole term."""
        return (self.term_to - self.term_from).days

    @property
    def days(self) -> int:
        """Days of the term that lie before `through`."""
        last = min(self.through, self.term_to)
        return max((last - self.term_from).days, 0)

    @property
    def amount(self) -> Decimal:
        """The fee by days, rounded half-up to the cent.

        A month is the difference of two such sums, so the months of a term add up to its fee.
        """
        cents, term = int(self.fee_yuan * CENTS), self.term_days
        return Decimal((2 * cents * self.days + term) // (2 * term)) / CENTS

    def line_after(self, stated: Decimal) -> Decimal:
        """What is due now, when so much stands on earlier statements; a credit where negative."""
        return self.amount - stated
