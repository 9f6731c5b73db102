"""Plays the keeper of cash accounts and the registrar in a sandbox deployment.

Nothing is kept: what they answer follows from the order alone, so asking twice gives the same.
An amount that ends with .13 finds too little money; one that ends with .17 is taken by half; one
that ends with .19 is rejected. Nobody ever answers about the money of one that ends with .11 or
.12; when the request is withdrawn, that of .12 turns out to be taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from django.conf import settings

from products.gateways.base import Unavailable
from products.gateways.registrar import Instruction, Told
from products.models import DailyValue, Order
from products.rules.costs import cents, subscription_fee
from products.rules.lots import fee_of_lots
from products.selectors.orders import lots_of_sale
from products.states import OrderStatus, Side

SILENT, LATE = Decimal("0.11"), Decimal("0.12")
POOR, HALF, NONE = Decimal("0.13"), Decimal("0.17"), Decimal("0.19")
UNIT = Decimal("0.01")


class SandboxRefused(Exception):
    """The sandbox was asked to work outside a sandbox deployment."""


def _only_in_sandbox() -> None:
    if not settings.SANDBOX:
        raise SandboxRefused


class PlayedPayments:
    """Everybody has enough money, unless the amount says otherwise."""

    def take(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> bool:
        """See PaymentGateway."""
        _only_in_sandbox()
        if amount % 1 in (SILENT, LATE):
            raise Unavailable("sandbox")
        return amount % 1 != POOR

    def give_back(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> None:
        """See PaymentGateway."""
        _only_in_sandbox()

    def revoke(self, *, key: UUID, customer: UUID, amount: Decimal, at: datetime) -> bool:
        """See PaymentGateway."""
        _only_in_sandbox()
        return amount % 1 == LATE


class PlayedRegistrar:
    """Confirms a day's orders as soon as the value of that day is known."""

    def send(self, instruction: Instruction, *, at: datetime) -> None:
        """See Registrar."""
        _only_in_sandbox()

    def confirmations(self, day: date, *, at: datetime) -> Sequence[Told]:
        """See Registrar."""
        _only_in_sandbox()
        orders = Order.objects.filter(status=OrderStatus.SENT, dealing_day=day)
        values = {
            row.product_id: row.value
            for row in DailyValue.objects.filter(day=day, product__in=orders.values("product"))
        }
        rows = orders.select_related("terms", "customer", "product").order_by("pk")
        return [_told(each, values[each.product_id]) for each in rows if each.product_id in values]


def _told(order: Order, value: Decimal) -> Told:
    number = f"SB-{order.ref.hex[:24]}"
    fees = order.terms.table
    if order.side == Side.REDEEM:
        assert order.units is not None
        gross = cents(order.units * value)
        lots = lots_of_sale(order.customer, order.product, order.units, order.dealing_day)
        fee = fee_of_lots(fees, lots, value, order.dealing_day)
        return Told(
            order=order.ref,
            number=number,
            accepted=True,
            amount=gross,
            units=order.units,
            value=value,
            fee=fee,
        )
    assert order.amount is not None
    tail = order.amount % 1
    if tail == NONE:
        return Told(order=order.ref, number=number, accepted=False, reason="fund_full")
    accepted = cents(order.amount / 2) if tail == HALF else order.amount
    fee = subscription_fee(fees, accepted)
    return Told(
        order=order.ref,
        number=number,
        accepted=True,
        amount=accepted,
        units=((accepted - fee) / value).quantize(UNIT, ROUND_DOWN),
        value=value,
        fee=fee,
        reason="fund_full" if tail == HALF else "",
    )
