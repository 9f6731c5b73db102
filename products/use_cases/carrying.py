"""What happens to a placed order: paid, sent, confirmed, rejected, taken back, paid back.

Each step may run twice or be cut off anywhere: the counterparty knows the order's key, and the
order's row is locked and looked at before anything is written.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from products.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderLapsed,
    OrderPaid,
    OrderPaidLate,
    OrderRefunded,
    OrderRejected,
    OrderSent,
    OrderUnpaid,
)
from products.gateways.payment import PaymentGateway
from products.gateways.registrar import Instruction, Registrar, Told
from products.models import Confirmation, Holding, Order
from products.rules.dealing import MOST_TOLD, UNIT, WrongTrade, settle, wrong_trade
from products.states import HIDDEN, Misfit, OrderStatus, Side
from products.use_cases import money
from products.use_cases.order_checks import UnableToOrder, day_of
from products.use_cases.quotas import give_back_quota

MISFITS = {WrongTrade.UNITS: Misfit.UNITS, WrongTrade.SUMS: Misfit.SUMS}
WORKER = Actor.system("products.orders")


class WrongConfirmation(Exception):
    """What the registrar told does not fit the order; nothing was counted. English, for logs.

    Attributes:
        why: what does not fit, for the product desk.
    """

    def __init__(self, why: Misfit, message: str) -> None:
        super().__init__(message)
        self.why = why


def pay(*, order: Order, gateway: PaymentGateway, at: datetime) -> Order:
    """Take the money of a purchase; see `money.take`."""
    if order.side != Side.SUBSCRIBE:
        return order
    return money.take(order, gateway=gateway, at=at, steps=_steps())


@transaction.atomic
def send(*, order: Order, registrar: Registrar, at: datetime) -> Order:
    """Hand an order to the registrar once its day has closed and nobody can take it back.

    The row stays locked during the call, so that nobody takes back what is being sent.

    Raises:
        Unavailable: ask again.
    """
    row = _locked(order)
    if not _ready(row) or can_cancel(row, at):
        return row
    instruction = Instruction(
        order=row.ref,
        fund=row.product.registration,
        side=row.side,
        amount=row.amount,
        units=row.units,
        day=row.dealing_day,
    )
    registrar.send(instruction, at=at)
    row.move_to(OrderStatus.SENT)
    row.sent_at = at
    row.save()
    _record(OrderSent, row, at)
    return row


@transaction.atomic
def confirm(*, told: Told, at: datetime) -> Order:
    """Count what the registrar made of an order; the same number again counts nothing.

    Raises:
        WrongConfirmation: the figures do not fit the order, or it was confirmed otherwise.
        Order.DoesNotExist: nobody knows the order.
    """
    order = Order.objects.select_for_update(of=("self",)).get(ref=told.order)
    known = Confirmation.objects.filter(order=order).first()
    if known is not None and known.number == told.number:
        return order
    if known is not None:
        raise WrongConfirmation(Misfit.TWICE, f"{order.ref}: confirmed before")
    if order.status != OrderStatus.SENT:
        raise WrongConfirmation(Misfit.UNSENT, f"{order.ref}: not on its way")
    _remember(order, told.number, at)
    order.reason = told.reason
    if order.side == Side.REDEEM:
        _sold(order, told)
    else:
        _bought(order, told)
    order.ended_at = at
    order.save()
    if order.status == OrderStatus.REJECTED:
        _record(OrderRejected, order, at)
    else:
        _record(OrderConfirmed, order, at, status=order.status)
    return order


def _remember(order: Order, number: str, at: datetime) -> None:
    """Keep the registrar's number; raises WrongConfirmation where it stands on another order.

    Looked up by the database alone: two workers may tell the same number of two orders at once.
    """
    try:
        with transaction.atomic():
            Confirmation.objects.create(order=order, number=number, told_at=at)
    except IntegrityError as error:
        raise WrongConfirmation(Misfit.NUMBER, f"{order.ref}: number of another order") from error


def can_cancel(order: Order, at: datetime) -> bool:
    """Whether the customer may still take an order back: before its day closes.

    While the money of a purchase is on its way nobody knows whether it was taken, so that waits.
    A private fund is bought by a contract that binds already.
    """
    if order.side == Side.SUBSCRIBE and order.product.family in HIDDEN:
        return False
    return _ready(order) and day_of(order.terms, at) <= order.dealing_day


@transaction.atomic
def cancel(*, order: Order, actor: Actor, at: datetime) -> Order:
    """Take an order back before its day closes; what was paid goes back.

    Raises:
        UnableToOrder: it is too late.
    """
    row = _locked(order)
    if row.status == OrderStatus.CANCELLED:
        return row
    if not can_cancel(row, at):
        raise UnableToOrder(_("The order is on its way and cannot be taken back any more."))
    row.move_to(OrderStatus.CANCELLED)
    row.ended_at = at
    if row.side == Side.SUBSCRIBE:
        _nothing_invested(row)
        give_back_quota(row.terms_id, row.amount)
    else:
        _free_units(row, Decimal(0))
    row.save()
    _record(OrderCancelled, row, at, actor=actor)
    from products.tasks import carry_on  # tasks call use cases

    carry_on.defer(ref=str(row.ref))
    return row


def refund(*, order: Order, gateway: PaymentGateway, at: datetime) -> Order:
    """Pay back what was not invested; see `money.pay_back`."""
    return money.pay_back(order, gateway=gateway, at=at, steps=_steps())


def revoke_order(*, order: Order, gateway: PaymentGateway, at: datetime) -> Order:
    """Withdraw the request for the money of a lapsed order; see `money.revoke`."""
    return money.revoke(order, gateway=gateway, at=at, steps=_steps())


def _steps() -> money.Steps[Order]:
    return money.Steps(
        lock=_locked,
        paid=_paid,
        free=lambda order: give_back_quota(order.terms_id, order.amount),
        keep_nothing=_nothing_invested,
        ended=_ended,
        late=partial(_record, OrderPaidLate),
        back=partial(_record, OrderRefunded),
        too_late=_day_is_over,
    )


def _day_is_over(order: Order, at: datetime) -> bool:
    """Whether its dealing day is past: money of today buys nothing at the value of yesterday."""
    return business_date(at) > order.dealing_day


def _paid(order: Order, at: datetime) -> None:
    order.move_to(OrderStatus.PAID)
    order.paid_at = at
    order.save()
    _record(OrderPaid, order, at)


def _ended(order: Order, at: datetime) -> None:
    unpaid = order.status == OrderStatus.UNPAID
    _record(OrderUnpaid if unpaid else OrderLapsed, order, at)


def _bought(order: Order, told: Told) -> None:
    assert order.amount is not None
    accepted = told.amount if told.accepted else Decimal(0)
    try:
        found = settle(order.amount, accepted, told.fee if told.accepted else Decimal(0))
    except ValueError as error:
        raise WrongConfirmation(Misfit.SUMS, f"{order.ref}: {error}") from error
    order.invested, order.fee, order.refund = found.invested, found.fee, found.refund
    give_back_quota(order.terms_id, found.refund)
    if not accepted:
        order.move_to(OrderStatus.REJECTED)
        return
    if wrong := wrong_trade(told.units, told.value, found.invested, least_unit=UNIT):
        raise WrongConfirmation(MISFITS[wrong], f"{order.ref}: {wrong}")
    order.move_to(OrderStatus.PARTLY if found.refund else OrderStatus.CONFIRMED)
    order.confirmed_units, order.confirmed_value = told.units, told.value
    Holding.objects.get_or_create(customer=order.customer, product=order.product)
    Holding.objects.filter(customer=order.customer, product=order.product).update(
        units=F("units") + told.units
    )


def _sold(order: Order, told: Told) -> None:
    assert order.units is not None
    sold = told.units if told.accepted else Decimal(0)
    if not 0 <= sold <= order.units:
        raise WrongConfirmation(Misfit.SUMS, f"{order.ref}: more units than were ordered")
    if not sold:
        _free_units(order, sold)
        order.move_to(OrderStatus.REJECTED)
        return
    if told.amount >= MOST_TOLD:
        raise WrongConfirmation(Misfit.SUMS, f"{order.ref}: beyond all measure")
    try:
        settle(told.amount, told.amount, told.fee)
    except ValueError as error:
        raise WrongConfirmation(Misfit.SUMS, f"{order.ref}: {error}") from error
    if wrong := wrong_trade(sold, told.value, told.amount, least_unit=Decimal(0)):
        raise WrongConfirmation(MISFITS[wrong], f"{order.ref}: {wrong}")
    _free_units(order, sold)
    order.move_to(OrderStatus.CONFIRMED if sold == order.units else OrderStatus.PARTLY)
    order.confirmed_units, order.confirmed_value = sold, told.value
    order.invested, order.fee = told.amount - told.fee, told.fee


def _free_units(order: Order, sold: Decimal) -> None:
    assert order.units is not None
    Holding.objects.filter(customer=order.customer_id, product=order.product_id).update(
        units=F("units") - sold, reserved=F("reserved") - order.units
    )


def _nothing_invested(order: Order) -> None:
    order.invested = order.fee = Decimal(0)
    order.refund = order.amount


def _ready(order: Order) -> bool:
    if order.side == Side.REDEEM:
        return order.status == OrderStatus.PLACED
    return order.status == OrderStatus.PAID


def _locked(order: Order) -> Order:
    return lock_row(Order, order.pk, "customer", "product", "terms")


def _record(
    event: type[OrderEvent], order: Order, at: datetime, actor: Actor = WORKER, **values: str
) -> None:
    customer = Customer.objects.only("ref").get(pk=order.customer_id)
    told = event(subject=order.ref, customer=customer.ref, product=order.product.ref, **values)
    record(told, actor=actor, at=at)
