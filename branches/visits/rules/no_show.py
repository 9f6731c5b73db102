"""The share of booked customers who did not come. No clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FEWEST = 20
"""Below this many booked visits a rate says nothing."""


@dataclass(frozen=True)
class Rate:
    """Missed among those that were due.

    Attributes:
        missed: booked visits to which nobody came.
        due: booked visits whose time has passed and that were not cancelled before.
    """

    missed: int
    due: int

    @property
    def is_telling(self) -> bool:
        """Whether there are enough visits for a rate."""
        return self.due >= FEWEST

    @property
    def value(self) -> Decimal | None:
        """The rate as a share with four decimals; None where there are too few to tell."""
        if not self.is_telling:
            return None
        share = Decimal(self.missed) / Decimal(self.due)
        return share.quantize(Decimal("0.0001"), ROUND_HALF_UP)
