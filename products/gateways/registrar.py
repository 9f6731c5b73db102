"""The registrar of funds over HTTP: orders go out, confirmations are fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from brokerage.core.outbound import JsonClient
from products.gateways.base import Unavailable, ask

MOST = 2000
"""Confirmations on one page."""
LONGEST = 4000
"""Characters kept of a row that cannot be read."""
PAGES = 5000
"""More pages in a day are a mistake of the registrar: it leads in a circle."""


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


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A confirmation that breaks the contract; it stops no other.

    Attributes:
        order: as far as it can be read.
        number: the registrar's, or else a mark of the row, the same whenever the same is told.
        row: what was told, as text.
    """

    order: UUID | None
    number: str
    row: str


class Registrar(Protocol):
    """Keeps who holds which fund."""

    def send(self, instruction: Instruction, *, at: datetime) -> None:
        """Hand over an order; the same order twice is one. Raises Unavailable."""

    def confirmations(self, day: date, *, at: datetime) -> Iterable[Told | Unreadable]:
        """What it made of the orders of a trading day, as often as asked, page by page.

        Raises:
            Unavailable: also in the middle; what came before it counts.
        """


class HttpRegistrar:
    """POST /orders and GET /confirmations?day=2026-03-02&after=R-2000."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def send(self, instruction: Instruction, *, at: datetime) -> None:
        """See Registrar."""
        body = {
            "order": str(instruction.order),
            "fund": instruction.fund,
            "side": instruction.side,
            "amount": None if instruction.amount is None else f"{instruction.amount:.2f}",
            "units": None if instruction.units is None else _units(instruction.units),
            "day": instruction.day.isoformat(),
        }
        found = ask(self.client, "POST", "/orders", body=body, key=str(instruction.order))
        if found.get("result") != "received":
            raise Unavailable("result")

    def confirmations(self, day: date, *, at: datetime) -> Iterator[Told | Unreadable]:
        """See Registrar."""
        after = ""
        for _page in range(PAGES):
            asked = urlencode({"day": day.isoformat()} | ({"after": after} if after else {}))
            found = ask(self.client, "GET", f"/confirmations?{asked}")
            rows, last = found.get("confirmations"), after
            if not isinstance(rows, list) or len(rows) > MOST:
                raise Unavailable("confirmations")
            yield from (read_confirmation(row) for row in rows)
            after = found.get("next") or ""
            if not after:
                return
            if not isinstance(after, str) or len(after) > 200 or after == last:
                raise Unavailable("next")
        raise Unavailable("pages")


def _units(units: Decimal) -> str:
    """Two decimals, or the six that units are kept with where they have more than two."""
    short = f"{units:.2f}"
    return short if Decimal(short) == units else f"{units:.6f}"


def read_confirmation(row: Any) -> Told | Unreadable:
    """One confirmation as the registrar told it."""
    try:
        return _told(row)
    except ValueError:
        return _unreadable(row)


def _unreadable(row: Any) -> Unreadable:
    text = json.dumps(row, ensure_ascii=True, sort_keys=True, default=str)
    given = row if isinstance(row, dict) else {}
    try:
        order = UUID(given.get("order"))
    except (TypeError, ValueError, AttributeError):
        order = None
    number = given.get("number")
    if not isinstance(number, str) or not _is_short(number) or not number:
        number = f"?{sha256(text.encode()).hexdigest()[:32]}"
    return Unreadable(order=order, number=number, row=text[:LONGEST])


def _is_short(text: str) -> bool:
    return len(text) <= 40 and text.isprintable()


def _told(row: Any) -> Told:
    """One confirmation; raises ValueError where it breaks the contract."""
    try:
        figures = {name: Decimal(row[name]) for name in ("amount", "units", "value", "fee")}
        number, accepted = row["number"], row["accepted"]
        reason = row.get("reason", "")
        order = UUID(row["order"])
    except (TypeError, KeyError, AttributeError, InvalidOperation) as error:
        raise ValueError("confirmation") from error
    # what is not printable (a NUL) the database takes in no text
    fits = isinstance(number, str) and bool(number) and _is_short(number)
    fits = fits and isinstance(accepted, bool) and isinstance(reason, str) and _is_short(reason)
    if not fits or not all(each.is_finite() for each in figures.values()):
        raise ValueError("confirmation")
    return Told(order=order, number=number, accepted=accepted, reason=reason, **figures)
