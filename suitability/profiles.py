"""What is known of a person beside their answers; higher apps add what only they know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from brokerage.core.registry import Registry
from brokerage.customers.models import Customer
from suitability.rules.conditions import Proof
from suitability.rules.contradictions import Profile
from suitability.rules.permissions import DayAssets

Facts = Callable[[Customer, date], Mapping[str, Any]]

facts: Registry[Facts] = Registry("suitability.profile_facts")
"""(customer, business date) → some fields of `contradictions.Profile`, unknown ones left out, and
`brought_by`: the ref of the partner or outlet that brought the customer, where one did."""

Refusals = Callable[[Customer, date], list[date]]

refusals: Registry[Refusals] = Registry("suitability.refusals")
"""(customer, since) → business dates on which something was refused for want of a class."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a trading permission asks about beside the assessment; unknown is not nothing.

    Attributes:
        assets: net assets a trading day; None while nobody knows them.
        late: trading days of which no figures have arrived yet, for anybody.
        waived: trading days that were given up: no average counts them, for anybody.
        first_trade: None where there was none; `first_trade_known` tells that somebody asked.
        tests: best score by test.
        facts: proved amounts and facts, such as a signed disclosure.
    """

    assets: tuple[DayAssets, ...] | None = None
    late: tuple[date, ...] = ()
    waived: tuple[date, ...] = ()
    first_trade: date | None = None
    first_trade_known: bool = False
    tests: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Proof] = field(default_factory=dict)


standings: Registry[Callable[[Customer, date], Standing]] = Registry("suitability.standings")
"""(customer, business date) → what one app knows; the rest left at its default."""


def standing_of(customer: Customer, on: date) -> Standing:
    """Everything that the apps above know on the business date `on`, put together."""
    found = Standing()
    for source in standings:
        each = source(customer, on)
        asked = each if each.first_trade_known else found
        found = Standing(
            assets=found.assets if each.assets is None else each.assets,
            late=found.late + each.late,
            waived=found.waived + each.waived,
            first_trade=asked.first_trade,
            first_trade_known=asked.first_trade_known,
            tests={**found.tests, **each.tests},
            facts={**found.facts, **each.facts},
        )
    return found


@dataclass(frozen=True)
class Known:
    """What is known of a customer on a day; what nobody knows contradicts nothing.

    Attributes:
        profile: what answers are held against.
        outlet: who may have sat beside them: who brought them, else their home outlet.
    """

    profile: Profile
    outlet: UUID | None


def known_of(customer: Customer, on: date) -> Known:
    """Everything known on the business date `on`."""
    found: dict[str, Any] = {"birth_date": customer.born}
    for source in facts:
        found |= source(customer, on)
    outlet = found.pop("brought_by", None) or customer.home_outlet_ref
    return Known(Profile(**found), outlet)


def profile_of(customer: Customer, on: date) -> Profile:
    """As `known_of`, of the person alone."""
    return known_of(customer, on).profile


def refused_since(customer: Customer, since: date) -> tuple[date, ...]:
    """All refusals on or after `since`, in order, each date once."""
    return tuple(sorted({day for source in refusals for day in source(customer, since)}))
