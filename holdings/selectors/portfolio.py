"""What a customer holds: classes with gain and loss, money, and the days behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Max, QuerySet, Sum

from brokerage.reference.models import Instrument, InstrumentKind
from holdings.models import AssetSnapshot, Position
from holdings.states import Currency

PLACES = Decimal("0.0001")
HISTORY = 60
"""Trading days of the history; about three months."""


@dataclass(frozen=True)
class Holding:
    """One security over all accounts of the customer."""

    instrument: Instrument
    quantity: Decimal
    value: Decimal
    cost: Decimal
    price: Decimal
    currency: str = ""
    rate: Decimal | None = None

    @property
    def money(self) -> str:
        """What the price is in, in words; empty for yuan."""
        return str(Currency(self.currency).label) if self.currency else ""

    @property
    def shown_price(self) -> Decimal:
        """The price of a unit with the decimals that it has."""
        return self.price.normalize()

    @property
    def shown_rate(self) -> Decimal | None:
        """Yuan for one of the currency, with the decimals that it has."""
        return None if self.rate is None else self.rate.normalize()

    @property
    def units(self) -> Decimal:
        """The quantity with the decimals that it has: 100, 1234.56."""
        return self.quantity.normalize()

    @property
    def gain(self) -> Decimal:
        """Value less cost."""
        return self.value - self.cost

    @property
    def gain_rate(self) -> Decimal | None:
        """The gain as a share of the cost; None where nothing was paid."""
        return rate_of(self.gain, self.cost)


@dataclass
class AssetClass:
    """The holdings of one kind, the largest first."""

    kind: InstrumentKind
    holdings: list[Holding] = field(default_factory=list)

    @property
    def value(self) -> Decimal:
        """Of all its holdings."""
        return sum((each.value for each in self.holdings), Decimal())

    @property
    def gain(self) -> Decimal:
        """Of all its holdings."""
        return sum((each.gain for each in self.holdings), Decimal())

    @property
    def gain_rate(self) -> Decimal | None:
        """The gain as a share of the cost."""
        return rate_of(self.gain, self.value - self.gain)


@dataclass(frozen=True)
class Portfolio:
    """A customer's assets as of the newest day, with the days before it.

    Attributes:
        days: snapshots, the newest first; never empty.
        classes: in the order of `InstrumentKind`; empty ones left out.
    """

    days: list[AssetSnapshot]
    classes: list[AssetClass]

    @property
    def newest(self) -> AssetSnapshot:
        """The snapshot that everything stands on."""
        return self.days[0]

    @property
    def gain(self) -> Decimal:
        """Of everything that is held now; what was sold is not in it."""
        return sum((each.gain for each in self.classes), Decimal())

    @property
    def gain_rate(self) -> Decimal | None:
        """The gain as a share of the cost."""
        return rate_of(self.gain, self.newest.securities - self.gain)

    @property
    def borrowed(self) -> Decimal:
        """What does not count."""
        return self.newest.borrowed


def rate_of(gain: Decimal, cost: Decimal) -> Decimal | None:
    """`gain` as a share of `cost`, to a hundredth of a per cent; None without a cost."""
    return (gain / cost).quantize(PLACES, ROUND_HALF_UP) if cost > 0 else None


def portfolio(
    snapshots: QuerySet[AssetSnapshot], positions: QuerySet[Position], *, days: int = HISTORY
) -> Portfolio | None:
    """Put together what the two query sets show of one customer; two queries.

    Args:
        snapshots: of one customer, through scope.
        positions: of the same customer, through scope.
        days: how far the history goes back.

    Returns:
        None where no day is known.
    """
    found = list(newest_first(snapshots)[:days])
    if not found:
        return None
    return Portfolio(found, classes_of(by_security(positions, found[0].day)))


def newest_first(snapshots: QuerySet[AssetSnapshot]) -> QuerySet[AssetSnapshot]:
    """Snapshots as a portfolio holds them."""
    return snapshots.order_by("-day")


def by_security(positions: QuerySet[Position], day: date) -> QuerySet[Position, Any]:
    """Rows for `classes_of`: what is held on the day of each security, over all accounts."""
    rows = (
        positions.filter(day=day, quantity__gt=0)
        .values("instrument_id")
        .annotate(units=Sum("quantity"), worth=Sum("value"), paid=Sum("cost"))
        # the counter values all accounts alike, so that the most is the one
        .annotate(at=Max("price"), money=Max("currency"), turned=Max("rate"))
        .values_list(
            "units",
            "worth",
            "paid",
            "at",
            "money",
            "turned",
            "instrument__market",
            "instrument__code",
            "instrument__kind",
            "instrument__name_zh",
            "instrument__name_en",
        )
    )
    return rows.order_by("-worth", "instrument_id")


def classes_of(rows: Iterable[tuple[Any, ...]]) -> list[AssetClass]:
    """The classes of what `by_security` found."""
    found: dict[str, AssetClass] = {}
    for *figures, market, code, kind, zh, en in rows:
        paper = Instrument(market=market, code=code, kind=kind, name_zh=zh, name_en=en)
        lines = found.setdefault(kind, AssetClass(InstrumentKind(kind)))
        lines.holdings.append(Holding(paper, *figures))
    return [found[kind] for kind in InstrumentKind if kind in found]
