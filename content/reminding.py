"""The kinds of reminder that this app finds, in the order of their weight."""

from __future__ import annotations

from brokerage.core.reminders import Prepare, Reminding, reminders
from content.selectors.market_news import ratings, valuations
from content.selectors.trading_habits import concentration, rumours, trading
from content.states import ReminderKind

FINDERS: dict[ReminderKind, Prepare] = {
    ReminderKind.RUMOUR: rumours,
    ReminderKind.CONCENTRATION: concentration,
    ReminderKind.TRADING: trading,
    ReminderKind.RATING: ratings,
    ReminderKind.VALUATION: valuations,
}
LASTING = (ReminderKind.RUMOUR, ReminderKind.RATING)
"""What happened on a day; the others say how things stand, and are found anew while they do."""


def register() -> None:
    """Called once when the app is ready."""
    for order, (kind, prepare) in enumerate(FINDERS.items(), 1):
        reminders.register(
            kind.value,
            Reminding(
                label=kind.label,
                text=f"content.remind_{kind}",
                prepare=prepare,
                order=10 * order,
                lasts=kind in LASTING,
            ),
        )
