"""What the distance to a trading permission asks of holdings: net assets a trading day."""

from __future__ import annotations

from datetime import date

from brokerage.customers.models import Customer
from holdings.selectors.averages import amounts_of, days_before, has_account, late_days
from suitability.profiles import Standing
from suitability.rules.permissions import DayAssets

WINDOW = 30
"""Trading days; no permission averages over more than twenty."""


def standing(customer: Customer, on: date) -> Standing:
    """The assets of the last trading days; unknown for whoever has no account with us."""
    if not has_account(customer):
        return Standing()
    days = days_before(on, WINDOW)
    amounts = amounts_of(customer, days)
    return Standing(
        assets=tuple(DayAssets(day=each.day, amount=each.amount) for each in amounts),
        late=tuple(late_days(days[0], days[-1]) if days else ()),
    )
