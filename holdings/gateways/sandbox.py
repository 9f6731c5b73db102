"""Plays the trading counter: a plausible market day for every account that we know.

Prices, portfolios and trades follow from dates and the account's number in our table alone, so
the same day always gives the same files. Securities are invented (`market.yaml`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from django.conf import settings

from brokerage.core.clock import business_date
from brokerage.core.money import yuan
from brokerage.reference.models import CalendarDay, Market
from holdings.gateways.counter import Limits
from holdings.gateways.papers import Paper, number_of, papers
from holdings.gateways.played import (
    PlayedAccount,
    opened_at_the_counter,
    rights_at_the_counter,
)
from holdings.importing.layouts import LAYOUTS
from holdings.importing.reading import Announced
from holdings.models import Account
from holdings.states import AccountKind, FileKind, Side

REVISION = 1
WEALTH = (38_000, 640_000, 126_000, 1_350_000, 86_000, 420_000)
"""Yuan that an account begins with."""
SHARE = Decimal("0.05")
"""Of what an account began with goes into each paper that needs a permission."""
SOLD_AFTER = 5  # trading days after the first purchase, half of it is sold again
FEE = Decimal("0.0003")
LEAST_FEE = Decimal(5)


class SandboxRefused(Exception):
    """The sandbox was asked to work outside a sandbox deployment."""


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
        return self.paper.worth(self.day, self.quantity)

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
    calendar, rights = _calendar(day), _rights(day)
    rows = Account.objects.filter(opened_on__lte=day).select_related("customer")
    for account in rows.order_by("pk"):
        deals = deals_of(account, calendar, rights.get(account.customer.ref, {}))
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


def _rights(day: date) -> dict[UUID, dict[str, date]]:
    """Who may trade papers that need a permission: by customer the key and the first day."""
    found: dict[UUID, dict[str, date]] = {}
    for source in rights_at_the_counter:
        for right in source(day):
            found.setdefault(right.customer, {})[right.key] = right.since
    return found


def deals_of(
    account: Account, calendar: Sequence[date], rights: Mapping[str, date] = MappingProxyType({})
) -> list[Deal]:
    """What the account traded: a purchase a day at first, then one sale; and what needs a right.

    Args:
        account: opened within the calendar.
        calendar: all trading days up to the day that is played.
        rights: permissions of its customer, with the first day of each.
    """
    free = [paper for paper in papers() if not paper.needs]
    days = calendar[bisect_left(calendar, account.opened_on) :]
    seed = number_of(str(account.pk), "plan")
    chosen = [free[(seed + step * 3) % len(free)] for step in range(3 + seed % 4)]
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
    return deals + _with_rights(account, days, rights)


def _with_rights(account: Account, days: Sequence[date], rights: Mapping[str, date]) -> list[Deal]:
    """A purchase of each paper that a permission is needed for, on the first day with it."""
    deals = []
    for paper in papers():
        since = min((rights[key] for key in paper.needs if key in rights), default=None)
        later = days[bisect_left(days, since) :] if since else []
        if account.kind != AccountKind.ORDINARY or not later:
            continue
        lots = _wealth(account) * SHARE / paper.worth(later[0], paper.lot)
        if quantity := int(lots) * paper.lot:
            deals.append(Deal(later[0], account, paper, Side.BUY, quantity))
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
        yield (
            account.ref,
            paper.market,
            paper.code,
            quantity,
            paper.price(day),
            paper.worth(day, quantity),
            cost,
            paper.currency,
            paper.rate or "",
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
                f"{deal.account.ref.hex[: min(12, 19 - len(deal.paper.code))]}-{deal.paper.code}",
                deal.account.ref,
                deal.paper.market,
                deal.paper.code,
                deal.side.value,
                deal.quantity,
                deal.paper.price(day),
                deal.amount,
                deal.fees,
                deal.paper.currency,
                deal.paper.rate or "",
            )


def _wealth(account: Account) -> Decimal:
    return Decimal(WEALTH[number_of(str(account.pk), "wealth") % len(WEALTH)])


def _calendar(until: date) -> list[date]:
    rows = CalendarDay.objects.filter(market=Market.CN, is_trading=True, day__lte=until)
    return list(rows.order_by("day").values_list("day", flat=True))
