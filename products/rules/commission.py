"""How much of what customers trade stays with the firm. Pure: sums in, figures out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
RATE = Decimal("0.000001")


@dataclass(frozen=True, kw_only=True)
class Traded:
    """Trades of one day, market and kind of security together."""

    group: tuple[str, str]
    trades: int
    turnover: Decimal
    charged: Decimal


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What some trades came to; see `products.models.CommissionDay`."""

    trades: int = 0
    turnover: Decimal = ZERO
    charged: Decimal = ZERO
    dues: Decimal = ZERO
    left_out: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What the firm keeps."""
        return self.charged - self.dues

    @property
    def rate(self) -> Decimal | None:
        """Net commission as a share of the turnover; None without turnover."""
        return _share(self.net, self.turnover)

    @property
    def charged_rate(self) -> Decimal | None:
        """Commission as charged, as a share of the turnover; None without turnover."""
        return _share(self.charged, self.turnover)


def add_up(rows: Iterable[Traded], dues: Mapping[tuple[str, str], Decimal]) -> Sums:
    """Add up trades.

    Args:
        dues: by market and kind what exchange and regulator get, as a share of the turnover.
            A group without one is left out, and only its turnover is told.
    """
    trades, turnover, charged, owed, left = 0, ZERO, ZERO, ZERO, ZERO
    for row in rows:
        share = dues.get(row.group)
        if share is None:
            left += row.turnover
            continue
        trades += row.trades
        turnover += row.turnover
        charged += row.charged
        owed += (row.turnover * share).quantize(CENT, ROUND_HALF_UP)
    return Sums(trades=trades, turnover=turnover, charged=charged, dues=owed, left_out=left)


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part / whole).quantize(RATE, ROUND_HALF_UP) if whole else None
