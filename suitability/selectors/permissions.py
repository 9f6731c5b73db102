"""How far a customer is from each trading permission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from brokerage.customers.models import Customer, Kind
from brokerage.reference.calendars import trading_days_around
from brokerage.reference.models import Rule
from suitability.labels import SIMULATED
from suitability.profiles import standing_of
from suitability.rules.permission_rules import Kind as AskedFor
from suitability.rules.permission_rules import PermissionRule, build_permission
from suitability.rules.permissions import Distance, DistanceInputs, distance
from suitability.selectors.investor import investor_of
from suitability.selectors.simulated import practised

PREFIX = "permission."
MOST_WAIVED = 20
"""Trading days that may have been given up within the window of an average."""
LOOK_BACK = timedelta(days=90)
LOOK_AHEAD = timedelta(days=120)
"""Wide enough for windows of twenty trading days around the longest holidays."""


@dataclass(frozen=True)
class Permission:
    """One trading permission as its row in force says; `label` in both languages."""

    rule: PermissionRule
    label: Mapping[str, str]


@dataclass(frozen=True)
class Way:
    """A permission and a customer's distance to it."""

    permission: Permission
    distance: Distance


def permissions_on(day: date, key: str = "") -> list[Permission]:
    """The permissions that have a rule on the business date `day`, by key; one query.

    Args:
        key: only this one, such as `chinext`.
    """
    rows = Rule.objects.on(day).filter(key__startswith=PREFIX)
    if key:
        rows = rows.filter(key=PREFIX + key)
    return [
        Permission(
            build_permission(row.value, row.key.removeprefix(PREFIX), row.version),
            row.value["label"],
        )
        for row in rows.order_by("key")
    ]


def longest_average(on: date) -> int:
    """Over how many trading days some permission averages at most on the business date `on`."""
    asked = [
        each
        for permission in permissions_on(on)
        for each in (*permission.rule.persons, *permission.rule.organisations)
    ]
    return max((each.days for each in asked if each.kind is AskedFor.AVERAGE), default=0)


def ways_of(customer: Customer, on: date, *, key: str = "") -> list[Way]:
    """The distances of `customer` on the business date `on`; few queries however many.

    Simulated trading is read only where one of the permissions asks about it.
    """
    investor, known = investor_of(customer, on), standing_of(customer, on)
    permissions = permissions_on(on, key)
    facts = dict(known.facts)
    if any(not each.rule.facts.isdisjoint(SIMULATED) for each in permissions):
        facts |= practised(customer, on)
    # what was told of assets says how far the averages go back, given-up days included
    first = min((each.day for each in known.assets or ()), default=on)
    days = trading_days_around(min(first, on - LOOK_BACK), on + LOOK_AHEAD)
    return [
        Way(
            each,
            distance(
                DistanceInputs(
                    rules=each.rule.version,
                    person=customer.kind != Kind.ORGANISATION,
                    on=on,
                    assets=known.assets,
                    late=known.late,
                    waived=known.waived,
                    first_trade=known.first_trade,
                    first_trade_known=known.first_trade_known,
                    professional=investor.professional,
                    investor_class=investor.investor_class,
                    lowest=investor.lowest,
                    valid_until=investor.valid_until,
                    tests=known.tests,
                    facts=facts,
                ),
                each.rule,
                days,
            ),
        )
        for each in permissions
    ]
