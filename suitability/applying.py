"""Where a customer can apply for a trading permission: a higher app says it, a page shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from brokerage.core.registry import Registry
from brokerage.customers.models import Customer
from suitability.selectors.permissions import Way


@dataclass(frozen=True)
class Entry:
    """A link on the page of one permission.

    Attributes:
        url: where it leads; looking there begins nothing.
        label: words of the link, a verb.
        note: where the customer stands; empty where nothing was begun.
        ready: False while something is missing without which nothing can be begun there.
    """

    url: str
    label: str
    note: str = ""
    ready: bool = True


entries: Registry[Callable[[Customer, Way], Entry | None]] = Registry("suitability.applying")
"""(customer, way to the permission) → the link; None where it cannot be applied for."""


def entry_of(customer: Customer, way: Way) -> Entry | None:
    """The first link that an app offers."""
    return next((found for source in entries if (found := source(customer, way))), None)
