"""The share of booked customers who did not come. No clock, no database."""

from __future__ import annotations

from dataclasses import dataclass

from brokerage.core.shares import Share


@dataclass(frozen=True)
class Rate(Share):
    """Missed among those that were due."""

    @property
    def missed(self) -> int:
        """Booked visits to which nobody came."""
        return self.part

    @property
    def due(self) -> int:
        """Booked visits whose time has passed and that were not cancelled before."""
        return self.whole
