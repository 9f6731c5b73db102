"""What of a product is under way: orders to buy, bids and contracts that have not ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from products.models import Bid, Order, PrivateContract, Product
from products.private_states import OPEN as OPEN_CONTRACTS
from products.states import IN_BOOK, OrderStatus, Side

WAITING = (OrderStatus.PLACED, OrderStatus.PAID)
"""Not with the registrar yet."""


@dataclass(frozen=True)
class UnderWay:
    """How many of each there are."""

    orders: int
    bids: int
    contracts: int


def orders_under_way(product: Any) -> QuerySet[Order]:
    """Purchases that the registrar does not have yet and the customer may take back.

    What a contract of a private fund bound is not taken back any more and left out.

    Args:
        product: or its key in an outer query.
    """
    rows = Order.objects.filter(product=product, status__in=WAITING, side=Side.SUBSCRIBE)
    return rows.filter(contract=None)


def bids_under_way(product: Any) -> QuerySet[Bid]:
    """Bids whose book has not ended."""
    return Bid.objects.filter(book__product=product, status__in=IN_BOOK)


def contracts_under_way(product: Any) -> QuerySet[PrivateContract]:
    """Contracts that are paid for or cool off."""
    return PrivateContract.objects.filter(product=product, status__in=OPEN_CONTRACTS)


def under_way_of(product: Product) -> UnderWay:
    """The numbers of one product; three queries."""
    return UnderWay(
        orders_under_way(product).count(),
        bids_under_way(product).count(),
        contracts_under_way(product).count(),
    )


def has_money_under_way(product: str) -> Q:
    """Whether anything is under way, as a condition on rows whose column `product` names it."""
    outer = OuterRef(product)
    return (
        Q(Exists(orders_under_way(outer)))
        | Q(Exists(bids_under_way(outer)))
        | Q(Exists(contracts_under_way(outer)))
    )
