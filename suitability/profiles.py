"""What is known of a person beside their answers; higher apps add what only they know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from brokerage.core.registry import Registry
from brokerage.customers.models import Customer
from suitability.rules.contradictions import Profile

Facts = Callable[[Customer, date], Mapping[str, Any]]

facts: Registry[Facts] = Registry("suitability.profile_facts")
"""(customer, business date) → some fields of `contradictions.Profile`; unknown ones left out."""

Refusals = Callable[[Customer, date], list[date]]

refusals: Registry[Refusals] = Registry("suitability.refusals")
"""(customer, since) → business dates on which something was refused for want of a class."""


def profile_of(customer: Customer, on: date) -> Profile:
    """Everything known on the business date `on`; what nobody knows contradicts nothing."""
    found: dict[str, Any] = {"birth_date": customer.born}
    for source in facts:
        found |= source(customer, on)
    return Profile(**found)


def refused_since(customer: Customer, since: date) -> tuple[date, ...]:
    """All refusals on or after `since`, in order, each date once."""
    return tuple(sorted({day for source in refusals for day in source(customer, since)}))
