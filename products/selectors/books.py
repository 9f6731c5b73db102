"""Books of a product, their figures, and a customer's bids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum

from brokerage.core import scope
from brokerage.customers.models import Customer
from products.models import Bid, Book, Closing, Product
from products.states import SHARED_OUT, BidStatus

MOST = 50
COUNTED = (BidStatus.PAID, *SHARED_OUT, BidStatus.RETURNED)
"""Bids whose money was there."""


@dataclass(frozen=True)
class Figures:
    """What became of a book, in yuan; `left` are bids that wait for being shared out."""

    bids: int
    demand: Decimal
    left: int
    allotted: Decimal
    to_pay_back: Decimal


def book_of(product: Product, at: datetime) -> Book | None:
    """The published book of a product that takes bids, or else will, or else closed last."""
    rows = Book.objects.approved().filter(product=product).select_related("company")
    return open_book_of(product, at) or rows.order_by("-closes_at", "-pk").first()


def open_book_of(product: Product, at: datetime) -> Book | None:
    """The book of a product that takes bids at an instant; of several the first to close."""
    rows = Book.objects.open(at).filter(product=product).select_related("company")
    return rows.order_by("closes_at", "pk").first()


def figures_of(book: Book) -> Figures:
    """The sums of a book; one query."""
    found = (
        Bid.objects.filter(book=book, status__in=COUNTED)
        .order_by()
        .aggregate(
            bids=Count("pk"),
            demand=Sum("amount"),
            left=Count("pk", filter=Q(status=BidStatus.PAID)),
            allotted=Sum("allotted"),
            to_pay_back=Sum("refund", filter=Q(refunded_at=None)),
        )
    )
    figures: dict[str, Any] = {name: value or 0 for name, value in found.items()}
    return Figures(**figures)


def books_under_way(user: Any, at: datetime) -> list[Book]:
    """Published books that this person may see and that have not ended; one query.

    The first to close stands first; `counted.taken` is what was bid, in yuan.
    """
    closings = Closing.objects.approved().filter(book=OuterRef("pk"))
    rows = scope.visible(Book.objects.approved(), user)
    open_ones = rows.filter(Q(closes_at__gt=at) | ~Exists(closings))
    named = open_ones.filter(~Exists(closings.filter(calls_off=True)))
    named = named.select_related("product__item", "company", "counted")
    return list(named.order_by("closes_at", "pk")[:MOST])


def bids_of(customer: Customer, book: Book | None = None) -> list[Bid]:
    """The newest bids of a customer, in all books or in one; one query."""
    rows = Bid.objects.of(customer).select_related("book__product__item")
    return list((rows.filter(book=book) if book else rows)[:MOST])
