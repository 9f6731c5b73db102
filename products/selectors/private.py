"""A customer's contracts of private funds."""

from __future__ import annotations

from brokerage.customers.models import Customer
from products.models import PrivateContract

MOST = 50


def contracts_of(customer: Customer) -> list[PrivateContract]:
    """The newest contracts of a customer; one query."""
    return list(PrivateContract.objects.of(customer).select_related("product__item")[:MOST])
