"""Where a customer can apply for a trading permission: a higher app says it, a page shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from brokerage.core.registry import Registry
from brokerage.customers.models import Customer


@dataclass(frozen=True)
class Entry:
    """A link on the page of one permission.

    Attributes:
        url: where it leads; looking there begins nothing.
        label: words of the link, a verb.
        note: where the customer stands; empty where nothing was begun.
    """

    url: str
    label: str
    note: str = ""


entries: Registry[Callable[[Customer, str], Entry | None]] = Registry("suitability.applying")
"""(customer, key of the permission) → the link; None where it cannot be applied for."""


def entry_of(customer: Customer, key: str) -> Entry | None:
    """The first link that an app offers."""
    return next((found for source in entries if (found := source(customer, key))), None)
