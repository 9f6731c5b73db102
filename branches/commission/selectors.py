"""Which rate applies, and what a trade costs by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from branches.commission.dated import fees_on
from branches.commission.quoting import Quote, quote
from branches.commission.terms import Business, Market, Product, Side
from branches.models import CommissionRate, OrgUnit
from branches.models.commission import CommissionRateQuerySet
from brokerage.core.trusted import trusted
from brokerage.core.written import SOME_DAY, SOME_KEY, Written
from brokerage.customers.models import Customer


class NoRate(LookupError):
    """Nobody has released a rate for this market, product and account."""


@dataclass(frozen=True, kw_only=True)
class Trade:
    """A trade to be quoted.

    Attributes:
        market, product, business: the cell of the grid.
        side: which way.
        amount: yuan traded (the premium of an option).
        contracts: number of option contracts.
    """

    market: str
    product: str
    amount: Decimal
    business: str = Business.ORDINARY
    side: str = Side.BUY
    contracts: int = 0


def rate_for(
    *, outlet: OrgUnit, trade: Trade, on: date, customer: Customer | None = None
) -> CommissionRate:
    """The rate that applies: the customer's own, else that of the nearest unit above.

    The grid is that of some seconds ago at most.

    Args:
        outlet: the customer's outlet.
        trade: names the cell of the grid.
        on: day of the trade (Asia/Shanghai).
        customer: None for somebody who has no rate of their own.

    Raises:
        NoRate: when no unit up to head office has released one.
    """
    cell = {"market": trade.market, "product": trade.product, "business": trade.business}
    own = OWN.first(customer=customer.pk, on=on, **cell) if customer else None
    found = own or _above_now(outlet.pk, on, *cell.values())
    if found is None:
        raise NoRate(f"{trade.market}:{trade.product}:{trade.business}")
    return found


def _rates(market: str, product: str, business: str, on: date) -> CommissionRateQuerySet:
    rows = CommissionRate.objects.approved().on(on).select_related("unit")
    return rows.cell(market, product, business)


def _own(customer: int, on: date, **cell: str) -> CommissionRateQuerySet:
    return _rates(on=on, **cell).filter(customer=customer).order_by("pk")[:1]


def _above(outlet: int, on: date, **cell: str) -> CommissionRateQuerySet:
    """The grid of an outlet and of every unit above it, the nearest first."""
    rows = (
        _rates(on=on, **cell)
        .grid()
        .filter(unit__lines_down__descendant=outlet, unit__lines_down__valid__contains=on)
    )
    return rows.order_by("unit__lines_down__depth", "pk")[:1]


@trusted
def _above_now(outlet: int, on: date, *cell: str) -> CommissionRate | None:
    return ABOVE.first(outlet=outlet, on=on, **dict(zip(CELL, cell, strict=True)))


CELL = {"market": "a market", "product": "a product", "business": "a kind of account"}
OWN = Written(_own, customer=SOME_KEY, on=SOME_DAY, **CELL)
ABOVE = Written(_above, outlet=SOME_KEY, on=SOME_DAY, **CELL)


_fees_now = trusted(fees_on)


def quote_for(
    *, outlet: OrgUnit, trade: Trade, on: date, customer: Customer | None = None
) -> tuple[CommissionRate, Quote]:
    """The rate that applies and the bill for one trade; arguments as in `rate_for`.

    Raises:
        NoRate: as `rate_for`.
        NoRuleInForce: when the fees of that day are unknown.
        ValueError: for an amount that is not positive.
    """
    found = rate_for(outlet=outlet, trade=trade, on=on, customer=customer)
    fees = _fees_now(on, trade.market, trade.product)
    bill = quote(
        terms=found.terms,
        fees=fees,
        amount=trade.amount,
        selling=trade.side == Side.SELL,
        contracts=trade.contracts,
    )
    return found, bill


@dataclass(frozen=True)
class Published:
    """One line of the published rates: cells of the grid that cost the same, told together."""

    rate: CommissionRate  # the first of them
    markets: tuple[str, ...]
    accounts: tuple[str, ...]


def published(rates: Iterable[CommissionRate]) -> list[Published]:
    """Rates of one product that agree in every figure, with the names of markets and accounts."""
    groups: dict[tuple[Any, ...], list[CommissionRate]] = {}
    for row in rates:
        terms = row.terms
        cell = (row.product, terms.rate, terms.per_contract, terms.minimum, terms.includes)
        groups.setdefault(cell, []).append(row)
    return [
        Published(
            rate=rows[0],
            markets=_distinct(row.get_market_display() for row in rows),
            accounts=_distinct(row.get_business_display() for row in rows),
        )
        for rows in groups.values()
    ]


def _distinct(names: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(name) for name in names))


def standard_rates(on: date) -> list[CommissionRate]:
    """Head office's rates in force, in the order of the grid: what the firm publishes."""
    order = [
        When(market=market, product=product, then=Value(place))
        for place, (market, product) in enumerate(
            (market, product) for product in Product.values for market in Market.values
        )
    ]
    rows = CommissionRate.objects.approved().grid().on(on).filter(unit__kind="head_office")
    place = Case(*order, output_field=IntegerField())
    return list(rows.select_related("unit").order_by(place, "-business", "pk"))
