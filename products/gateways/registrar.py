"""The registrar of funds over HTTP: orders go out, confirmations are fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol
from uuid import UUID

from brokerage.core.outbound import JsonClient
from products.gateways.base import Unavailable, ask

MOST = 2000


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """An order as the registrar needs it: yuan to buy, or units to sell."""

    order: UUID
    fund: str
    side: str
    amount: Decimal | None
    units: Decimal | None
    day: date


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the registrar made of an order.

    Attributes:
        number: its own, the same whenever the same is told.
        accepted: whether any of it was taken.
        amount: yuan accepted of a purchase, the fee included; proceeds of a sale before the fee.
        units: allotted or sold.
        value: of a unit.
        fee: in yuan.
        reason: a code why not all was taken; empty otherwise.
    """

    order: UUID
    number: str
    accepted: bool
    amount: Decimal = Decimal(0)
    units: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    reason: str = ""


class Registrar(Protocol):
    """Keeps who holds which fund."""

    def send(self, instruction: Instruction, *, at: datetime) -> None:
        """Hand over an order; the same order twice is one. Raises Unavailable."""

    def confirmations(self, day: date, *, at: datetime) -> Sequence[Told]:
        """What it made of the orders of a trading day, as often as asked. Raises Unavailable."""


class HttpRegistrar:
    """POST /orders and GET /confirmations?day=2026-03-02."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def send(self, instruction: Instruction, *, at: datetime) -> None:
        """See Registrar."""
        body = {
            "order": str(instruction.order),
            "fund": instruction.fund,
            "side": instruction.side,
            "amount": None if instruction.amount is None else f"{instruction.amount:.2f}",
            "units": None if instruction.units is None else f"{instruction.units:.2f}",
            "day": instruction.day.isoformat(),
        }
        found = ask(self.client, "POST", "/orders", body=body, key=str(instruction.order))
        if found.get("result") != "received":
            raise Unavailable("result")

    def confirmations(self, day: date, *, at: datetime) -> Sequence[Told]:
        """See Registrar."""
        found = ask(self.client, "GET", f"/confirmations?day={day.isoformat()}")
        rows = found.get("confirmations")
        if not isinstance(rows, list) or len(rows) > MOST:
            raise Unavailable("confirmations")
        return [_told(row) for row in rows]


def _told(row: Any) -> Told:
    """One confirmation; raises Unavailable where it breaks the contract."""
    try:
        figures = {name: Decimal(row[name]) for name in ("amount", "units", "value", "fee")}
        number, accepted = row["number"], row["accepted"]
        reason = row.get("reason", "")
        order = UUID(row["order"])
    except (TypeError, KeyError, ValueError, AttributeError, InvalidOperation):
        raise Unavailable("confirmation") from None
    fits = isinstance(number, str) and 0 < len(number) <= 40 and isinstance(accepted, bool)
    fits = fits and isinstance(reason, str) and len(reason) <= 40
    if not fits or not all(each.is_finite() for each in figures.values()):
        raise Unavailable("confirmation")
    return Told(order=order, number=number, accepted=accepted, reason=reason, **figures)
