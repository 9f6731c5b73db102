"""How much of a product one customer has or has ordered."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from brokerage.customers.models import Customer
from products.models import DailyValue, Holding, Order, PrivateContract, Product
from products.private_states import PrivateStatus
from products.rules.costs import cents
from products.states import DONE, Side

COUNTS = (PrivateStatus.PLACED, PrivateStatus.COOLING, PrivateStatus.BINDING)


def committed(customer: Customer, product: Product) -> Decimal:
    """Yuan of a product that a customer holds by its newest value, or has ordered.

    What is offered for sale counts until it is sold.
    """
    held = Holding.objects.filter(customer=customer, product=product).first()
    worth = cents(held.units * _value(customer, product)) if held and held.units else Decimal(0)
    buys = Order.objects.open().filter(customer=customer, product=product, side=Side.SUBSCRIBE)
    contracts = PrivateContract.objects.filter(
        customer=customer, product=product, status__in=COUNTS
    )
    ordered = buys.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    signed = contracts.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return worth + ordered + signed


def _value(customer: Customer, product: Product) -> Decimal:
    """The newest value of a unit, or else the one that the customer last bought or sold at.

    Units come from confirmed orders alone, which have a value.
    """
    newest = DailyValue.objects.filter(product=product).order_by("-day").first()
    if newest is not None:
        return newest.value
    done = Order.objects.filter(customer=customer, product=product, status__in=DONE)
    last = done.order_by("-ended_at").values_list("confirmed_value", flat=True).first()
    return last or Decimal(0)
