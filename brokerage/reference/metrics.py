"""Figures for /metrics."""

from __future__ import annotations

from collections.abc import Mapping

from brokerage.core import clock
from brokerage.core.metrics import gauges
from brokerage.reference.calendars import days_remaining
from brokerage.reference.models import Market


def trading_days_ahead() -> Mapping[str, float]:
    """Announced trading days ahead, for each market whose calendar is loaded."""
    today = clock.today()
    found = {market.value: days_remaining(today, market=market) for market in Market}
    return {name: left.announced for name, left in found.items() if left.ends is not None}


def register_all() -> None:
    """Show the figures; a second call is harmless."""
    gauges.register("announced_trading_days_ahead", trading_days_ahead)
