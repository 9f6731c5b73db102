"""Who bought last year: the registries that apps which sell or open accounts fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from brokerage.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """One certain purchase of a customer.

    Attributes:
        customer: key of the customer; `buyer` is their ref.
        decision: key of the matching decision on which it rests.
        sale: ref of what was sold.
        seller: key of the log-in of who sold it, if a person did.
    """

    customer: int
    buyer: UUID
    decision: int
    sale: UUID
    sold_at: datetime
    seller: int | None = None


purchases: Registry[Callable[[datetime, datetime], Iterable[Purchase]]] = Registry(
    "suitability.purchases"
)
"""(from, up to and not including) → certain purchases in that time."""

resting: Registry[Callable[[], Iterable[int]]] = Registry("suitability.resting")
"""→ keys of customers whose account is closed, dormant or limited now: nobody calls them."""
