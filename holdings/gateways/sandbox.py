"""Plays the trading counter: a plausible market day for every account that we know.

Prices, portfolios and trades follow from dates and the account's number in our table alone, so
the same day always gives the same files. Securities are invented (`market.yaml`).
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from django.conf import settings

from brokerage.core.clock import business_date
from brokerage.core.money import yuan
from brokerage.reference.models import CalendarDay, InstrumentKind, Market
from holdings.gateways.counter import Limits
from holdings.gateways.played import PlayedAccount, opened_at_the_counter
from holdings.importing.layouts import LAYOUTS
from holdings.importing.reading import Announced
from holdings.models import Account
from holdings.states import AccountKind, FileKind, Side

FILE = Path(__file__).with_name("market.yaml")
REVISION = 1
WEALTH = (38_000, 640_000, 126_000, 1_350_000, 86_000, 420_000)
"""Yuan that an account begins with."""
SOLD_AFTER = 5  # trading days after the first purchase, half of it is sold again
FEE = Decimal("0.0003")
LEAST_FEE = Decimal(5)


class SandboxRefused(Exception):
    """The sandbox was asked to work outside a sandbox deployment."""


@dataclass(frozen=True)
class Paper:
    """One invented security."""

    market: str
    code: str
    kind: str
    board: str
    name_zh: str
    name_en: str
    base: Decimal
    swing: float
    matures: str

    @property
    def lot(self) -> int:
        """How many units are traded at least."""
        return 10 if self.kind in (InstrumentKind.BOND, InstrumentKind.CONVERTIBLE) else 100

    def price(self, day: date) -> Decimal:
        """At the close of `day`: two slow waves of its own."""
        phase = _number(self.code, "phase") % 360
        turn = day.toordinal()
        wave = math.sin(math.radians(turn * 9 + phase)) + math.sin(math.radians(turn * 31 + phase))
        return yuan(self.base * Decimal(str(round(1 + self.swing / 200 * wave, 6))))


@dataclass(frozen=True)
class Deal:
    """One trade of an account."""

    day: date
    account: Account
    paper: Paper
    side: Side
    quantity: int

    @property
    def amount(self) -> Decimal:
        return yuan(self.paper.price(self.day) * self.quantity)

    @property
    def fees(self) -> Decimal:
        return max(LEAST_FEE, yuan(self.amount * FEE))


class PlayedCounter:
    """The counter of the sandbox; raises SandboxRefused where customers are served."""

    def __init__(self) -> None:
        if not settings.SANDBOX:
            raise SandboxRefused("A deployment that serves customers uses no sandbox.")

    def limit(self, limits: Limits, *, key: UUID, at: datetime) -> None:
        """Kept nowhere: files of the sandbox tell of no orders that a limit could refuse."""

    def files(self, *, day: date, at: datetime) -> list[Announced]:
        """One file of each kind for a trading day that has begun."""
        if day > business_date(at) or day not in _calendar(day)[-1:]:
            return []
        return [
            Announced(f"{kind}-{day:%Y%m%d}-{REVISION}.csv", kind, day, REVISION)
            for kind in FileKind
        ]

    def read(self, announced: Announced, *, at: datetime) -> Iterator[bytes]:
        """The file in the documented form, made before it is given out.

        Not while it is taken: the connection is busy with a COPY then, and would wait for itself.
        """
        layout = LAYOUTS[announced.kind]
        place = layout.names.index(layout.total) if layout.total else None
        lines = [announced.header.decode(), ",".join(layout.names)]
        total = Decimal()
        for row in _rows(announced.kind, announced.day):
            cells = [str(cell) for cell in row]
            total += Decimal(cells[place]) if place is not None else 0
            lines.append(",".join(cells))
        lines.append(f"T,{len(lines) - 2},{total}")
        return iter([("\n".join(lines) + "\n").encode()])


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
        )
        for row in rows
    )


def _rows(kind: FileKind, day: date) -> Iterator[Sequence[object]]:
    if kind == FileKind.SECURITIES:
        for paper in papers():
            yield (
                paper.market,
                paper.code,
                paper.kind,
                paper.board,
                paper.name_zh,
                paper.name_en,
                paper.matures,
            )
        return
    if kind == FileKind.ACCOUNTS:
        yield from _accounts(day)
        return
    calendar = _calendar(day)
    for account in Account.objects.filter(opened_on__lte=day).order_by("pk"):
        deals = deals_of(account, calendar)
        if kind == FileKind.POSITIONS:
            yield from _positions(account, deals, day)
        elif kind == FileKind.CASH:
            yield account.ref, _cash(account, deals), Decimal("0.00")
        elif kind == FileKind.MARGIN and account.kind == AccountKind.MARGIN:
            yield account.ref, yuan(_wealth(account) * Decimal("0.4")), Decimal("0.00")
        elif kind == FileKind.TRADES:
            yield from _trades(deals, day)


def _accounts(day: date) -> Iterator[Sequence[object]]:
    """Every account that we know, and those that the counter opened without us."""
    known = Account.objects.filter(opened_on__lte=day).select_related("customer").order_by("pk")
    rows = {
        row.ref: PlayedAccount(
            row.ref, row.customer.ref, AccountKind(row.kind), row.opened_on, row.closed_on
        )
        for row in known
    }
    for source in opened_at_the_counter:
        rows |= {row.ref: row for row in source(day) if row.ref not in rows}
    for row in rows.values():
        yield row.ref, row.customer, row.kind.value, row.opened_on, row.closed_on or ""


def deals_of(account: Account, calendar: Sequence[date]) -> list[Deal]:
    """What the account traded: a purchase a day at first, then one sale.

    Args:
        account: opened within the calendar.
        calendar: all trading days up to the day that is played.
    """
    days = calendar[bisect_left(calendar, account.opened_on) :]
    seed = _number(str(account.pk), "plan")
    chosen = [papers()[(seed + step * 3) % len(papers())] for step in range(3 + seed % 4)]
    deals = []
    for day, paper in zip(days, chosen, strict=False):
        budget = _wealth(account) * Decimal("0.8") / len(chosen)
        quantity = int(budget / paper.price(day) // paper.lot) * paper.lot
        if quantity:
            deals.append(Deal(day, account, paper, Side.BUY, quantity))
    if len(days) > SOLD_AFTER and deals:
        first = deals[0]
        half = first.quantity // 2 // first.paper.lot * first.paper.lot
        if half:
            deals.append(Deal(days[SOLD_AFTER], account, first.paper, Side.SELL, half))
    return deals


def _positions(account: Account, deals: list[Deal], day: date) -> Iterator[Sequence[object]]:
    held: dict[Paper, tuple[int, Decimal]] = {}
    for deal in deals:
        quantity, cost = held.get(deal.paper, (0, Decimal("0.00")))
        if deal.side == Side.BUY:
            held[deal.paper] = (quantity + deal.quantity, cost + deal.amount + deal.fees)
        else:
            left = quantity - deal.quantity
            held[deal.paper] = (left, yuan(cost * left / quantity))
    for paper, (quantity, cost) in held.items():
        price = paper.price(day)
        yield (
            account.ref,
            paper.market,
            paper.code,
            quantity,
            price,
            yuan(price * quantity),
            cost,
        )


def _cash(account: Account, deals: list[Deal]) -> Decimal:
    left = yuan(_wealth(account))
    for deal in deals:
        left -= deal.fees
        left += deal.amount if deal.side == Side.SELL else -deal.amount
    return left


def _trades(deals: list[Deal], day: date) -> Iterator[Sequence[object]]:
    for deal in deals:
        if deal.day == day:
            yield (
                f"{deal.account.ref.hex[:12]}-{deal.paper.code}",
                deal.account.ref,
                deal.paper.market,
                deal.paper.code,
                deal.side.value,
                deal.quantity,
                deal.paper.price(day),
                deal.amount,
                deal.fees,
            )


def _wealth(account: Account) -> Decimal:
    return Decimal(WEALTH[_number(str(account.pk), "wealth") % len(WEALTH)])


def _calendar(until: date) -> list[date]:
    rows = CalendarDay.objects.filter(market=Market.CN, is_trading=True, day__lte=until)
    return list(rows.order_by("day").values_list("day", flat=True))


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256(":".join(parts).encode()).digest()[:6], "big")
