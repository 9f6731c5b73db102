"""What the distance to a trading permission asks of holdings: net assets a trading day."""

from __future__ import annotations

from datetime import date

from brokerage.customers.models import Customer
from holdings.selectors.averages import (
    amounts_of,
    days_before,
    has_account,
    late_days,
    left_out_days,
)
from suitability.profiles import Standing
from suitability.rules.permissions import DayAssets
from suitability.selectors.permissions import MOST_WAIVED, longest_average


def standing(customer: Customer, on: date) -> Standing:
    """The assets of the trading days that a permission may ask for.

    Unknown for whoever has no account with us; nothing where no permission asks for an average.
    """
    if not has_account(customer, on):
        return Standing()
    days = days_before(on, longest_average(on))
    if not days:
        return Standing(assets=())
    waived = left_out_days(days[0], on)
    if waived:  # as many more are looked at in their place
        days = [*days_before(days[0], MOST_WAIVED), *days]
        waived = left_out_days(days[0], on)
    amounts = amounts_of(customer, days)
    return Standing(
        assets=tuple(DayAssets(day=each.day, amount=each.amount) for each in amounts),
        late=tuple(late_days(days[0], days[-1])),
        waived=tuple(waived),
    )
