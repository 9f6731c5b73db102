"""Ratings, valuations and prices of what the demonstration's customers hold, and one night."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from math import sin

from django.db.models import Max

from brokerage.reference.models import Instrument
from content.models import ClosingPrice, Rating, Source, Valuation
from content.states import RatingLevel
from content.use_cases.remind import remind
from holdings.models import Position
from holdings.selectors.averages import days_before

HISTORY = 160
"""Trading days of valuations; the rule wants 120."""
INSTITUTE = "江禾研究所（演示）"
SWING, PEAK = 0.18, 1.35
CHANGES = ((RatingLevel.ADD, RatingLevel.HOLD), (RatingLevel.HOLD, RatingLevel.ADD))


def build_market(*, at: datetime) -> int:
    """Figures of the held stocks once, then the reminders of the last day that has holdings."""
    day = Position.objects.aggregate(last=Max("day"))["last"]
    if day is None or Rating.objects.exists():
        return 0
    held = Position.objects.filter(day=day, quantity__gt=0, instrument__kind="stock")
    stocks = list(Instrument.objects.filter(pk__in=held.values("instrument")).order_by("code"))
    days = sorted({*days_before(day, HISTORY - 1), day})
    dear = stocks[:2][-1:]  # the one that most of them hold
    Valuation.objects.bulk_create(
        row
        for order, stock in enumerate(stocks)
        for row in _history(stock, order, days, at_peak=stock in dear)
    )
    _prices(day)
    for stock, levels in zip(stocks, CHANGES, strict=False):
        _ratings(stock, levels, day)
    remind(day=day, at=at)
    return len(stocks)


def _history(stock: Instrument, order: int, days: list[date], *, at_peak: bool) -> list[Valuation]:
    """A calm wave of multiples, which may end above all of its past."""
    base = 9 + 7 * order
    rows = []
    for number, day in enumerate(days):
        ends_high = at_peak and day == days[-1]
        share = PEAK if ends_high else 1 + SWING * sin(number / 11 + order)
        earnings = Decimal(f"{base * share:.2f}")
        book = (earnings / 8).quantize(Decimal("0.01"))
        rows.append(Valuation(instrument=stock, day=day, earnings=earnings, book=book))
    return rows


def _prices(day: date) -> None:
    """Closing prices as the trading counter valued the holdings."""
    rows = Position.objects.filter(day__gt=day - timedelta(days=14), price__gt=0)
    found = rows.order_by("instrument_id", "day", "pk").distinct("instrument_id", "day")
    ClosingPrice.objects.bulk_create(
        ClosingPrice(instrument_id=row.instrument_id, day=row.day, close=row.price)
        for row in found
    )


def _ratings(stock: Instrument, levels: tuple[RatingLevel, RatingLevel], day: date) -> None:
    source = Source.objects.get(name_zh=INSTITUTE)
    for level, when in zip(levels, (day - timedelta(days=60), day), strict=True):
        Rating.objects.create(instrument=stock, source=source, day=when, level=level)
