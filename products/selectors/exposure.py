"""How much of a product customers have or have ordered, and how much they may have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from brokerage.core.written import any_of
from brokerage.customers.models import Customer
from products.models import (
    Bid,
    Book,
    DailyValue,
    Holding,
    Order,
    PrivateContract,
    Product,
    Terms,
)
from products.private_states import OPEN as OPEN_CONTRACTS
from products.private_states import PrivateStatus
from products.rules.costs import cents
from products.states import DONE, IN_BOOK, SHARED_OUT, Side

CONTRACTS = Q(status__in=OPEN_CONTRACTS) | Q(status=PrivateStatus.BINDING, order=None)
"""What binds and was ordered counts as its order, and then as what is held."""
BIDS = Q(status__in=(*IN_BOOK, *SHARED_OUT))
ZERO = Decimal(0)


def committed(customer: Customer, product: Product, *, but: Book | None = None) -> Decimal:
    """Yuan of a product that one customer has or has ordered; see `committed_by`."""
    found = committed_by([customer.pk], [product.pk], but=but)
    return found.get((customer.pk, product.pk), ZERO)


def committed_by(
    customers: Sequence[int], products: Sequence[int], *, but: Book | None = None
) -> dict[tuple[int, int], Decimal]:
    """Yuan of products that customers hold by the newest value, or have ordered or bid for.

    What is offered for sale counts until it is sold; what was allotted counts on, because nobody
    tells us when units of plans and bonds are given back.

    Args:
        customers: keys.
        products: keys.
        but: a book whose bids are left out.

    Returns:
        By customer and product; whoever has nothing is not there. Five queries, however many.
    """
    found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    if not customers or not products:
        return found
    own = (any_of("customer", customers), any_of("product", products))
    for key, worth in _worth_of(Holding.objects.filter(*own, units__gt=0)):
        found[key] += worth
    bids = Bid.objects.filter(
        BIDS, any_of("customer", customers), any_of("book__product", products)
    )
    if but is not None:
        bids = bids.exclude(book=but)
    sums = (
        _summed(Order.objects.open().filter(*own, side=Side.SUBSCRIBE), "product", "amount"),
        _summed(PrivateContract.objects.filter(CONTRACTS, *own), "product", "amount"),
        _summed(bids, "book__product", Coalesce("allotted", "amount")),
    )
    for customer, product, amount in chain(*sums):
        found[customer, product] += amount
    return found


def room_on(day: date) -> dict[int, Decimal]:
    """By product what one customer may have of it before the least amount; one query.

    A product whose terms say nothing of it is not there.
    """
    terms = Terms.objects.approved().on(day).filter(most_held__isnull=False)
    rows = terms.values_list("product", "most_held", "minimum")
    return {key: most - minimum for key, most, minimum in rows}


def above(product: Product, most: Decimal) -> list[int]:
    """Keys of customers whose bids for a product come to more than `most` yuan; one query."""
    rows = Bid.objects.filter(BIDS, book__product=product).order_by().values("customer")
    found = rows.annotate(sum=Sum(Coalesce("allotted", "amount"))).filter(sum__gt=most)
    return sorted(found.values_list("customer", flat=True))


def _summed(rows: Any, product: str, amount: Any) -> Any:
    """Customer, product and the sum of an amount."""
    return rows.order_by().values_list("customer", product).annotate(sum=Sum(amount)).iterator()


def _worth_of(held: QuerySet[Holding]) -> Iterator[tuple[tuple[int, int], Decimal]]:
    """Each holding by the newest value of a unit, or else the one that its customer last bought or
    sold at: units come from confirmed orders alone, which have a value."""
    rows = list(held.values_list("customer", "product", "units"))
    if not rows:
        return
    newest = DailyValue.objects.filter(product__in={product for _, product, _ in rows})
    values = dict(
        newest.order_by("product", "-day").distinct("product").values_list("product", "value")
    )
    for customer, product, units in rows:
        value = values.get(product)
        if value is None:
            done = Order.objects.filter(customer=customer, product=product, status__in=DONE)
            last = done.order_by("-ended_at").values_list("confirmed_value", flat=True).first()
            value = last or ZERO
        yield (customer, product), cents(units * value)
