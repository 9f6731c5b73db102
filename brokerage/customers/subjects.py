"""Which records are about a customer, so that timeline and access log find their entries.

A higher app registers a function that names its records as a query set of one column of refs:
`RECORDS.register("accounts", refs)`. All of them are asked in one query.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from brokerage.core.registry import Registry
from brokerage.customers.models import Customer

RECORDS: Registry[Callable[[Customer], QuerySet[Any, UUID]]] = Registry("customers.records")


def refs_about(customer: Customer) -> list[UUID]:
    """The refs of the customer, its log-in, and every record that the apps name."""
    found = [customer.ref]
    if customer.user:
        found.append(customer.user.ref)
    parts = [records(customer).order_by() for records in RECORDS]
    if parts:
        found.extend(parts[0].union(*parts[1:]))
    return found
