"""The basket of a customer, and how many funds wait in it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from brokerage.customers.models import Customer
from products.basket_states import BasketStatus
from products.models import Basket, BasketItem


def open_basket(customer: Customer) -> Basket | None:
    """The basket that this customer fills now; one query."""
    rows = Basket.objects.filter(customer=customer, status=BasketStatus.OPEN)
    return rows.select_related("customer").first()


def with_basket(customers: QuerySet[Customer]) -> QuerySet[Any]:
    """Each customer knows how many funds wait in their basket, as `in_basket`; no query more."""
    rows = BasketItem.objects.waiting().filter(basket__customer=OuterRef("pk")).order_by()
    number = rows.values("basket__customer").annotate(n=Count("pk")).values("n")
    return customers.annotate(in_basket=Subquery(number))
