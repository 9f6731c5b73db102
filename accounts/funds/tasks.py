"""Background entry points of the questions about money: one call."""

from __future__ import annotations

from accounts.use_cases.ask_about_funds import ask_before_reviews
from brokerage.core import clock
from brokerage.core.jobs import schedule


@schedule("40 1 * * *")  # in the morning in Shanghai, so that nobody is woken
def ask_about_funds(timestamp: int) -> None:
    """Ask those at high risk whose next look comes near and whose answers count no more."""
    ask_before_reviews(at=clock.now())
