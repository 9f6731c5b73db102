"""A part of a whole as a rate that is honest about small numbers. No clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FEWEST = 20
"""Below so many a rate says nothing."""


@dataclass(frozen=True)
class Share:
    """How many of how many; pages print both beside the rate."""

    part: int
    whole: int

    @property
    def is_telling(self) -> bool:
        """Whether there are enough of them for a rate."""
        return self.whole >= FEWEST

    @property
    def value(self) -> Decimal | None:
        """The rate as a share with four decimals; None where there are too few to tell."""
        if not self.is_telling:
            return None
        share = Decimal(self.part) / Decimal(self.whole)
        return share.quantize(Decimal("0.0001"), ROUND_HALF_UP)
