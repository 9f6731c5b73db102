"""What one trade costs, line by line and to the cent. Pure: figures in, lines out.

A commission is quoted with or without the exchange's handling fee, the regulatory fee and the
transfer fee ("all-in" or "net"). What the quote includes is taken out of it for display and never
charged twice. Each line is rounded half-up to the cent, as brokers' bills do.

Sources: domain handbook 10 (fees, cap, minimum, the bill of 2026-09-02).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from brokerage.core.money import yuan

ZERO = Decimal(0)
FEES = "commission.fees"  # the key of their dated rule


class Item(StrEnum):
    """The lines of a bill."""

    NET_COMMISSION = "net_commission"  # what the firm keeps
    HANDLING = "handling"  # 经手费, to the exchange
    REGULATORY = "regulatory"  # 证管费, to the regulator
    TRANSFER = "transfer"  # 过户费, to the depository
    STAMP_DUTY = "stamp_duty"  # 印花税, to the state


MEASURED = frozenset({Item.NET_COMMISSION, Item.HANDLING, Item.REGULATORY})
"""What cap and floor measure."""


@dataclass(frozen=True, kw_only=True)
class Fees:
    """What others charge for one product on one market, as shares of the amount traded.

    Attributes:
        version: of the dated rule, such as `commission.fees/SH:stock@2023-08-28`.
        handling: to the exchange, both sides.
        regulatory: to the regulator, both sides.
        transfer: to the depository, both sides.
        stamp_duty: to the state, sales only.
        cap: most that a commission with handling and regulatory fees may be; None: no cap.
        duty_on_purchases: whether stamp duty falls on purchases too, as in Hong Kong.
    """

    version: str
    handling: Decimal
    regulatory: Decimal
    transfer: Decimal
    stamp_duty: Decimal
    cap: Decimal | None = None
    duty_on_purchases: bool = False

    @property
    def floor(self) -> Decimal:
        """The least total commission: the firm passes on at least what it has to collect."""
        return self.handling + self.regulatory


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A rate as it was agreed.

    Attributes:
        rate: share of the amount traded, as quoted; None for options.
        per_contract: yuan for each option contract; None for all else.
        minimum: least commission of one trade in yuan, counted like the rate (0: none).
        includes: the fees that the quoted rate contains.
    """

    rate: Decimal | None
    per_contract: Decimal | None = None
    minimum: Decimal = ZERO
    includes: frozenset[Item] = frozenset()


@dataclass(frozen=True)
class Line:
    """One line of a bill, in whole cents."""

    item: Item
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A bill for one trade.

    Attributes:
        amount: yuan traded.
        commission: as quoted, with all that it includes; at least the minimum.
        lines: what makes the total; every cent stands in exactly one line.
        all_in: yuan of commission as cap and floor measure it: with handling and regulatory fees.
        by_rate: yuan by the rate alone, without the minimum.
        minimum: least commission of one trade in yuan (0: none).
        floor: yuan that the firm collects for exchange and regulator, the least it may charge.
        cap: most yuan of commission by the cap of the day; None where there is no cap.
        cap_rate: the cap as a share of the amount traded; None like `cap`.
        fees_version: of the fees in force on the day of the trade.
    """

    amount: Decimal
    commission: Decimal
    lines: tuple[Line, ...]
    all_in: Decimal
    by_rate: Decimal
    minimum: Decimal
    floor: Decimal
    cap: Decimal | None
    cap_rate: Decimal | None
    fees_version: str

    @property
    def at_minimum(self) -> bool:
        """Whether the minimum was charged instead of the rate."""
        return self.commission > self.by_rate

    @property
    def over_cap(self) -> bool:
        """Whether the minimum of so small a trade is more than the cap allows by the rate."""
        return self.at_minimum and self.cap is not None and self.all_in > self.cap

    @property
    def total(self) -> Decimal:
        """Everything that the customer pays for this trade."""
        return sum((line.amount for line in self.lines), ZERO)

    def of(self, item: Item) -> Decimal:
        """The amount of one line; zero where it does not apply."""
        return sum((line.amount for line in self.lines if line.item == item), ZERO)

    @property
    def effective_rate(self) -> Decimal:
        """The total as a share of the amount traded; 0 for an amount of 0."""
        return self.total / self.amount if self.amount else ZERO


def all_in_rate(terms: Terms, fees: Fees) -> Decimal:
    """The rate with handling and regulatory fees, by which the cap and the floor are measured."""
    if terms.rate is None:
        raise ValueError("A price for each contract is no rate.")
    rate = terms.rate
    for item, share in ((Item.HANDLING, fees.handling), (Item.REGULATORY, fees.regulatory)):
        rate += ZERO if item in terms.includes else share
    return rate - (fees.transfer if Item.TRANSFER in terms.includes else ZERO)


def quote(
    *, terms: Terms, fees: Fees, amount: Decimal, selling: bool, contracts: int = 0
) -> Quote:
    """The bill for one trade.

    Args:
        terms: the rate that applies.
        fees: those of the day of the trade.
        amount: yuan traded, positive; for options the premium.
        selling: whether it is a sale; stamp duty falls on sales only, unless the fees say else.
        contracts: number of option contracts.

    Raises:
        ValueError: for an amount that is not positive.
    """
    if amount <= 0:
        raise ValueError("A trade has a positive amount.")
    exact = terms.rate * amount if terms.rate is not None else _per_contract(terms, contracts)
    by_rate, minimum = yuan(exact), yuan(terms.minimum)
    charged = max(by_rate, minimum)
    cap = fees.cap if terms.rate is not None else None  # a price for each contract has no cap
    passed_on = [
        Line(Item.HANDLING, yuan(fees.handling * amount)),
        Line(Item.REGULATORY, yuan(fees.regulatory * amount)),
        Line(Item.TRANSFER, yuan(fees.transfer * amount)),
    ]
    inside = sum((line.amount for line in passed_on if line.item in terms.includes), ZERO)
    # Cents: where rounding makes the parts dearer than the whole, the firm keeps nothing.
    net = Line(Item.NET_COMMISSION, max(charged - inside, ZERO))
    lines = [net, *passed_on]
    if selling or fees.duty_on_purchases:
        lines.append(Line(Item.STAMP_DUTY, yuan(fees.stamp_duty * amount)))
    return Quote(
        amount=amount,
        commission=charged,
        lines=tuple(line for line in lines if line.amount or line.item == Item.NET_COMMISSION),
        all_in=sum((line.amount for line in (net, *passed_on) if line.item in MEASURED), ZERO),
        by_rate=by_rate,
        minimum=minimum,
        floor=yuan(fees.floor * amount),
        cap=None if cap is None else yuan(cap * amount),
        cap_rate=cap,
        fees_version=fees.version,
    )


def _per_contract(terms: Terms, contracts: int) -> Decimal:
    if terms.per_contract is None or contracts < 1:
        raise ValueError("An option trade has a price for each contract, and contracts.")
    return terms.per_contract * contracts


def breaches(terms: Terms, fees: Fees, *, cap: Decimal) -> Iterator[str]:
    """What is wrong with a rate on a day: `above_cap` or `below_floor`; nothing for options.

    Args:
        cap: most of the amount traded, with handling and regulatory fees (0.003 since 2002).
    """
    if terms.rate is None:
        return
    rate = all_in_rate(terms, fees)
    if rate > cap:
        yield "above_cap"
    if rate < fees.floor:
        yield "below_floor"
