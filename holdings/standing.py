"""What the distance to a trading permission asks of holdings: net assets a trading day."""

from __future__ import annotations

from datetime import date

from brokerage.customers.models import Customer
from holdings.selectors.averages import (
    Lacking,
    amounts_of,
    days_before,
    has_account,
    lacking_days,
)
from suitability.profiles import Standing
from suitability.rules.permissions import DayAssets
from suitability.selectors.permissions import MOST_WAIVED, longest_average


def standing(customer: Customer, on: date) -> Standing:
    """The assets of the trading days that a permission may ask for.

    Unknown for whoever has no account with us; nothing where no permission asks for an average.
    """
    days = days_before(on, longest_average(on))
    lacking = lacking_days(days[0], days[-1]) if days else Lacking([], [])
    if lacking.left_out:  # as many more are looked at in their place
        days = [*days_before(days[0], MOST_WAIVED), *days]
        lacking = lacking_days(days[0], days[-1])
    amounts = amounts_of(customer, days)
    if not any(each.amount for each in amounts) and not has_account(customer, on):
        return Standing()
    return Standing(
        assets=tuple(DayAssets(day=each.day, amount=each.amount) for each in amounts),
        late=tuple(lacking.late),
        waived=tuple(lacking.left_out),
    )
