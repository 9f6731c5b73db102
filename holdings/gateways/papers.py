"""The invented securities of the sandbox and their prices (`market.yaml`)."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from brokerage.core.money import yuan
from brokerage.reference.models import InstrumentKind

FILE = Path(__file__).with_name("market.yaml")
TICK = Decimal("0.0001")  # of the price of an option


@dataclass(frozen=True)
class Paper:
    """One invented security.

    Attributes:
        currency, rate: of its price, in yuan; empty and none for yuan.
        multiplier: units of a contract.
        needs: permissions of which one is enough to buy it; none: free to everybody.
    """

    market: str
    code: str
    kind: str
    board: str
    name_zh: str
    name_en: str
    base: Decimal
    swing: float
    matures: str
    currency: str = ""
    rate: Decimal | None = None
    multiplier: int = 1
    needs: tuple[str, ...] = ()

    @property
    def lot(self) -> int:
        """How many units are traded at least."""
        if self.kind == InstrumentKind.OPTION:
            return 1
        return 10 if self.kind in (InstrumentKind.BOND, InstrumentKind.CONVERTIBLE) else 100

    def price(self, day: date) -> Decimal:
        """At the close of `day`: two slow waves of its own."""
        phase = number_of(self.code, "phase") % 360
        turn = day.toordinal()
        wave = math.sin(math.radians(turn * 9 + phase)) + math.sin(math.radians(turn * 31 + phase))
        price = self.base * Decimal(str(round(1 + self.swing / 200 * wave, 6)))
        return price.quantize(TICK) if self.kind == InstrumentKind.OPTION else yuan(price)

    def worth(self, day: date, quantity: int) -> Decimal:
        """Yuan that `quantity` units are worth at the close of `day`."""
        return yuan(self.price(day) * quantity * self.multiplier * (self.rate or 1))


@cache
def papers() -> tuple[Paper, ...]:
    """The invented securities."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(
        Paper(
            market=row["market"],
            code=row["code"],
            kind=row["kind"],
            board=row["board"],
            name_zh=row["zh"],
            name_en=row["en"],
            base=Decimal(str(row["price"])),
            swing=row["swing"],
            matures=row.get("matures", ""),
            currency=row.get("currency", ""),
            rate=Decimal(str(row["rate"])) if "rate" in row else None,
            multiplier=row.get("multiplier", 1),
            needs=tuple(row.get("needs", ())),
        )
        for row in rows
    )


def number_of(*parts: str) -> int:
    """A large number that follows from `parts` alone."""
    return int.from_bytes(hashlib.sha256(":".join(parts).encode()).digest()[:6], "big")
