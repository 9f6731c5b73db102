"""Which records are about a customer, so that timeline and access log find their entries.

A higher app registers a function that names its records: `RECORDS.register("accounts", refs)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from brokerage.core.registry import Registry
from brokerage.customers.models import Customer

RECORDS: Registry[Callable[[Customer], Iterable[UUID]]] = Registry("customers.records")


def refs_about(customer: Customer) -> list[UUID]:
    """The refs of the customer, its log-in, and every record that the apps name."""
    found = [customer.ref]
    if customer.user:
        found.append(customer.user.ref)
    for records in RECORDS:
        found.extend(records(customer))
    return found
