"""What the product desk watches of each product: exposure, quota, insist routes, complaints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from products.models import (
    Bid,
    Complaint,
    DailyValue,
    Holding,
    Order,
    PrivateContract,
    Product,
    Quota,
    Suspension,
    Terms,
)
from products.private_states import OPEN as OPEN_CONTRACTS
from products.rules.costs import cents
from products.states import IN_BOOK, ComplaintStatus
from suitability.models import InsistCase
from suitability.states import InsistStatus

PER_PAGE = 20
NO_BIDS: dict[str, Any] = {"sum": None, "holders": 0, "open": 0}
BEGUN = (InsistStatus.ASKED, InsistStatus.WARNED, InsistStatus.ACKNOWLEDGED)


@dataclass(frozen=True)
class Watched:
    """One product as the desk watches it.

    Attributes:
        worth: yuan that customers hold of it by its newest value, and what they were allotted in
            books; None before there is a value.
        holders: how many customers hold it or were allotted some.
        on_the_way: orders, bids and contracts that are neither settled nor ended.
        quota: (taken, total) in yuan of the terms of today; None without a quota.
        insisting: insist routes that were begun and neither confirmed nor given up.
        insisted: insist routes that were confirmed.
        complaints: that nobody has answered.
        suspended: whether it is off the shelf.
    """

    product: Product
    worth: Decimal | None
    holders: int
    on_the_way: int
    quota: tuple[Decimal, Decimal] | None
    insisting: int
    insisted: int
    complaints: int
    suspended: bool


def watched(rows: QuerySet[Product], on: date, *, after: str = "") -> tuple[list[Watched], str]:
    """A page of products by code, eight queries.

    Args:
        rows: the products that the reader may see.
        after: code of the last product of the page before.

    Returns:
        The products, and the code to go on after; empty on the last page.
    """
    newest = DailyValue.objects.filter(product=OuterRef("pk")).order_by("-day")
    open_ones = Suspension.objects.filter(product=OuterRef("pk"), ended_at=None)
    marked: Any = rows.select_related("item").order_by("item__code")
    marked = marked.annotate(
        newest=Subquery(newest.values("value")[:1]), suspended=Exists(open_ones)
    )
    found = list((marked.filter(item__code__gt=after) if after else marked)[: PER_PAGE + 1])
    page = found[:PER_PAGE]
    keys = [row.pk for row in page]
    held = _by_product(
        Holding.objects.filter(product__in=keys, units__gt=0), sum=Sum("units"), n=Count("pk")
    )
    orders = _by_product(Order.objects.open().filter(product__in=keys), n=Count("pk"))
    signed = PrivateContract.objects.filter(product__in=keys, status__in=OPEN_CONTRACTS)
    contracts, bids = _by_product(signed, n=Count("pk")), _bids(keys)
    complaints = _by_product(
        Complaint.objects.filter(product__in=keys, status=ComplaintStatus.RECEIVED),
        n=Count("pk"),
    )
    terms = Terms.objects.approved().on(on).filter(product__in=keys)
    counted = Quota.objects.filter(terms__in=terms).values_list("terms__product", "taken", "total")
    quotas = {key: (taken, total) for key, taken, total in counted}
    insists = _insists(page)
    lines = [
        Watched(
            product=row,
            worth=_worth(held.get(row.pk, {}).get("sum"), row.newest, bids.get(row.pk)),
            holders=held.get(row.pk, {}).get("n", 0) + bids.get(row.pk, NO_BIDS)["holders"],
            on_the_way=orders.get(row.pk, {}).get("n", 0)
            + contracts.get(row.pk, {}).get("n", 0)
            + bids.get(row.pk, NO_BIDS)["open"],
            quota=quotas.get(row.pk),
            insisting=insists.get(row.item_id, {}).get("begun", 0),
            insisted=insists.get(row.item_id, {}).get("confirmed", 0),
            complaints=complaints.get(row.pk, {}).get("n", 0),
            suspended=row.suspended,
        )
        for row in page
    ]
    return lines, page[-1].item.code if len(found) > PER_PAGE else ""


def _by_product(rows: QuerySet[Any], **figures: Any) -> dict[int, dict[str, Any]]:
    found = rows.order_by().values("product").annotate(**figures)
    return {row["product"]: row for row in found}


def _bids(products: list[int]) -> dict[int, dict[str, Any]]:
    """What was allotted of products in their books, to how many, and how many bids are open."""
    has = Q(allotted__gt=0)
    rows: Any = (
        Bid.objects.filter(book__product__in=products)
        .order_by()
        .values(product=F("book__product"))
        .annotate(
            sum=Sum("allotted", filter=has),
            holders=Count("customer", filter=has, distinct=True),
            open=Count("pk", filter=Q(status__in=IN_BOOK)),
        )
    )
    return {row["product"]: row for row in rows}


def _insists(page: list[Any]) -> dict[int, dict[str, int]]:
    rows: Any = (
        InsistCase.objects.filter(record__item__in=[row.item_id for row in page])
        .order_by()
        .values(item=F("record__item"))
        .annotate(
            begun=Count("pk", filter=Q(status__in=BEGUN)),
            confirmed=Count("pk", filter=Q(status=InsistStatus.CONFIRMED)),
        )
    )
    return {row["item"]: row for row in rows}


def _worth(
    units: Decimal | None, value: Decimal | None, bids: dict[str, Any] | None
) -> Decimal | None:
    allotted: Decimal = (bids or NO_BIDS)["sum"] or Decimal(0)
    if not units:
        return allotted
    return allotted + cents(units * value) if value is not None else None
