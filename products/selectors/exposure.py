"""How much of a product one customer has or has ordered."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from brokerage.customers.models import Customer
from products.models import Bid, Book, DailyValue, Holding, Order, PrivateContract, Product
from products.private_states import OPEN as OPEN_CONTRACTS
from products.private_states import PrivateStatus
from products.rules.costs import cents
from products.states import DONE, IN_BOOK, SHARED_OUT, Side

CONTRACTS = Q(status__in=OPEN_CONTRACTS) | Q(status=PrivateStatus.BINDING, order=None)
"""What binds and was ordered counts as its order, and then as what is held."""
BIDS = Q(status__in=(*IN_BOOK, *SHARED_OUT))
ZERO = Decimal(0)


def committed(customer: Customer, product: Product, *, but: Book | None = None) -> Decimal:
    """Yuan of a product that a customer holds by its newest value, or has ordered or bid for.

    What is offered for sale counts until it is sold; what was allotted counts on, because nobody
    tells us when units of plans and bonds are given back.

    Args:
        but: a book whose bids are left out.
    """
    own = {"customer": customer, "product": product}
    held = Holding.objects.filter(**own).first()
    worth = cents(held.units * _value(customer, product)) if held and held.units else ZERO
    buys = Order.objects.open().filter(side=Side.SUBSCRIBE, **own)
    contracts = PrivateContract.objects.filter(CONTRACTS, **own)
    ordered = buys.aggregate(sum=Sum("amount"))["sum"] or ZERO
    signed = contracts.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return worth + ordered + signed + _bid_for(customer, product, but)


def above(product: Product, most: Decimal) -> list[int]:
    """Keys of customers whose bids for a product come to more than `most` yuan; one query."""
    rows = Bid.objects.filter(BIDS, book__product=product).order_by().values("customer")
    found = rows.annotate(sum=Sum(Coalesce("allotted", "amount"))).filter(sum__gt=most)
    return sorted(found.values_list("customer", flat=True))


def _bid_for(customer: Customer, product: Product, but: Book | None) -> Decimal:
    rows = Bid.objects.filter(BIDS, customer=customer, book__product=product)
    if but is not None:
        rows = rows.exclude(book=but)
    return rows.aggregate(sum=Sum(Coalesce("allotted", "amount")))["sum"] or ZERO


def _value(customer: Customer, product: Product) -> Decimal:
    """The newest value of a unit, or else the one that the customer last bought or sold at.

    Units come from confirmed orders alone, which have a value.
    """
    newest = DailyValue.objects.filter(product=product).order_by("-day").first()
    if newest is not None:
        return newest.value
    done = Order.objects.filter(customer=customer, product=product, status__in=DONE)
    last = done.order_by("-ended_at").values_list("confirmed_value", flat=True).first()
    return last or ZERO
