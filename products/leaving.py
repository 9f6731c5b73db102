"""What of products keeps an account from being closed or put to rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.dormancy.selectors import uses
from accounts.life.obstacles import Found, finders
from accounts.life.states import Obstacle
from brokerage.core import clock
from brokerage.customers.models import Customer
from products.models import Bid, Holding, Order, PrivateContract
from products.private_states import OPEN, PrivateStatus
from products.states import DONE, IN_BOOK, Side
from products.use_cases.order_checks import arrival_of

LONGEST = timedelta(days=120)
"""No terms let customers wait longer for the proceeds of a sale (60 trading days)."""


def register() -> None:
    """Called once when the app is ready."""
    finders.register("products", obstacles_of)
    uses.register("products", holds_funds)


def holds_funds() -> Q:
    """A condition on applications: their customer holds units, so the account is not unused."""
    return Q(Exists(Holding.objects.filter(customer=OuterRef("customer"), units__gt=0)))


def obstacles_of(customer: Customer) -> Iterator[Found]:
    """Units held, what is on its way, and money that is still to be paid back.

    What was allotted of plans and bonds is none: bonds stand in the counter's files, which are
    looked at anyway; of plans nobody tells us when units are given back, so it would never end.
    """
    mine = reverse("products:orders")
    held = Holding.objects.filter(customer=customer, units__gt=0).count()
    if held:
        yield Found(Obstacle.FUNDS, str(held), _("Sell them; selling is always open."), mine)
    under_way = sum(rows.count() for rows in _under_way(customer)) + _proceeds(customer)
    if under_way:
        todo = _("Take them back while you can, or wait until they have ended.")
        yield Found(Obstacle.ORDERS, str(under_way), todo, mine)
    if any(rows.exists() for rows in _to_pay_back(customer)):
        todo = _("It goes to your cash account soon; close it after that.")
        yield Found(Obstacle.REFUNDS, "", todo, mine)


def _under_way(
    customer: Customer,
) -> tuple[QuerySet[Order], QuerySet[Bid], QuerySet[PrivateContract]]:
    """What was ordered and has not ended; a contract that binds counts until it is ordered."""
    contracts = PrivateContract.objects.filter(customer=customer)
    open_ones = contracts.filter(status__in=OPEN)
    unordered = contracts.filter(status=PrivateStatus.BINDING, order=None)
    return (
        Order.objects.of(customer).open(),
        Bid.objects.of(customer).filter(status__in=IN_BOOK),
        open_ones | unordered,
    )


def _proceeds(customer: Customer) -> int:
    """Confirmed sales whose money should not have arrived yet, as far as is known."""
    today = clock.today()
    sold = Order.objects.of(customer).filter(
        side=Side.REDEEM, status__in=DONE, dealing_day__gte=today - LONGEST
    )
    days = [arrival_of(row.terms, row.dealing_day) for row in sold.select_related("terms")]
    return sum(1 for day in days if day is not None and day >= today)


def _to_pay_back(
    customer: Customer,
) -> Iterator[QuerySet[Order] | QuerySet[Bid] | QuerySet[PrivateContract]]:
    """Refunds that are not paid, and requests for money whose answer nobody knows."""
    for rows in (
        Order.objects.filter(customer=customer),
        Bid.objects.filter(customer=customer),
        PrivateContract.objects.filter(customer=customer),
    ):
        yield rows.filter(refund__gt=0, refunded_at=None)
        yield rows.filter(status="lapsed", revoked_at=None)
