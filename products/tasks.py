"""Background work of this app."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from accounts.counter.states import LIVE, ReleaseEnd
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from products.gateways import payment_gateway, registrar
from products.gateways.base import Unavailable
from products.models import Bid, Book, OfferRun, Order, PrivateContract, Product, SaleRelease
from products.models.books import BidQuerySet
from products.private_states import PrivateStatus
from products.states import BidStatus, OrderStatus
from products.use_cases.bidding import pay_bid, refund_bid, revoke_bid
from products.use_cases.carrying import pay, refund, revoke_order, send
from products.use_cases.counter_releasing import ACTOR, end_sale
from products.use_cases.counting_commission import count_commission, days_to_count
from products.use_cases.counting_coverage import count_coverage
from products.use_cases.private_ordering import order_fund
from products.use_cases.private_selling import (
    give_up,
    pay_contract,
    refund_contract,
    revoke_contract,
)
from products.use_cases.reading_wishes import read_wishes
from products.use_cases.reconciling import take_day
from products.use_cases.sending_campaigns import begin_run, send_portion
from products.use_cases.sharing_out import share_out
from products.use_cases.suspending import tell_who_waits

PORTIONS = 25
"""So many portions of a campaign are sent before other work gets its turn."""
log = logging.getLogger(__name__)


@job(Lane.INTERACTIVE)
def carry_on(ref: str) -> None:
    """Take the money of an order, or pay back what was not invested."""
    order = Order.objects.select_related("customer", "product", "terms").get(ref=ref)
    at = clock.now()
    order = pay(order=order, gateway=payment_gateway(), at=at)
    refund(order=order, gateway=payment_gateway(), at=at)


@job(Lane.INTERACTIVE)
def carry_bid_on(ref: str) -> None:
    """Take the money of a bid, or pay back what was not allotted."""
    bid = Bid.objects.select_related("customer", "book").get(ref=ref)
    at = clock.now()
    bid = pay_bid(bid=bid, gateway=payment_gateway(), at=at)
    refund_bid(bid=bid, gateway=payment_gateway(), at=at)


@job(Lane.INTERACTIVE)
def carry_private_on(ref: str) -> None:
    """Take the money of a contract of a private fund, or pay it back."""
    contract = PrivateContract.objects.select_related("customer", "terms").get(ref=ref)
    at = clock.now()
    contract = pay_contract(contract=contract, gateway=payment_gateway(), at=at)
    refund_contract(contract=contract, gateway=payment_gateway(), at=at)


@job(Lane.BULK)
def share_out_book(ref: str) -> None:
    """Share out a book whose closing was approved, and pay the rest back."""
    book = Book.objects.get(ref=ref)
    share_out(book=book, at=clock.now())
    _pay_bids_back(Bid.objects.filter(book=book))


@job(Lane.BULK)
def tell_of_suspension(ref: str, key: str) -> None:
    """Write to everybody whose money is under way in a suspended product; cut off, it goes on."""
    tell_who_waits(product=Product.objects.get(ref=ref), key=key, at=clock.now())


@job(Lane.BULK)
def send_campaign(ref: str) -> None:
    """Send some portions of an agreed campaign of offers; what is left is the next job's."""
    run = OfferRun.objects.get(campaign__ref=ref)
    if _send_some(run):
        send_campaign.defer(ref=ref)


def _send_some(run: OfferRun) -> bool:
    """Whether somebody may be left."""
    if run.begun_at is None:
        read_wishes(at=clock.now())
        run = begin_run(run=run, at=clock.now())
    return all(send_portion(run=run, at=clock.now()) for _portion in range(PORTIONS))


@schedule("*/10 * * * *")
def carry_campaigns_on(timestamp: int) -> None:
    """Every ten minutes: campaigns whose worker was cut off."""
    for run in OfferRun.objects.under_way().order_by("pk"):
        _send_some(run)


@schedule("40 18 * * *")
def read_wishes_at_night(timestamp: int) -> None:
    """In Shanghai's night: what assessments say of who agreed; forget who agrees no longer."""
    read_wishes(at=clock.now())


@schedule("50 18 * * *")
def count_commission_at_night(timestamp: int) -> None:
    """In Shanghai's night: days whose trades were taken before anybody counted commission."""
    for day in days_to_count():
        count_commission(day=day, at=clock.now())


@schedule("55 18 * * *")
def count_coverage_at_night(timestamp: int) -> None:
    """In Shanghai's night: how many customers of each outlet hold a fund of ours."""
    count_coverage(at=clock.now())


@schedule("*/10 * * * *")
def carry_books_on(timestamp: int) -> None:
    """Every ten minutes: money of bids, books whose worker was cut off, what is to pay back."""
    at = clock.now()
    gateway = payment_gateway()
    bids = Bid.objects.select_related("customer", "book")
    _each(
        bids.filter(status=BidStatus.PLACED), lambda bid: pay_bid(bid=bid, gateway=gateway, at=at)
    )
    ended = Book.objects.filter(closings__decision="approved")
    cut_off = ended.filter(bids__status=BidStatus.PAID)
    # money that was still on its way when a book was called off; its quota waits for the last
    reserving = ended.filter(closings__calls_off=True, counted__reserved__gt=0)
    _each((cut_off | reserving).distinct(), lambda book: share_out(book=book, at=at))
    lapsed = bids.filter(status=BidStatus.LAPSED, revoked_at=None)
    _each(lapsed, lambda bid: revoke_bid(bid=bid, gateway=gateway, at=at))
    _pay_bids_back(Bid.objects.all())


def _pay_bids_back(bids: BidQuerySet) -> None:
    due = bids.filter(refund__gt=0, refunded_at=None).select_related("customer", "book")
    gateway = payment_gateway()
    _each(due, lambda bid: refund_bid(bid=bid, gateway=gateway, at=clock.now()))


@schedule("*/10 * * * *")
def carry_all_private_on(timestamp: int) -> None:
    """Every ten minutes: money of contracts of private funds, and what is to pay back.

    What was binding before contracts were ordered here is ordered now.
    """
    at = clock.now()
    gateway = payment_gateway()
    binding = PrivateContract.objects.filter(status=PrivateStatus.BINDING, order=None)
    _each(binding, lambda row: order_fund(contract=row, at=at))
    rows = PrivateContract.objects.select_related("customer", "terms")
    placed = rows.filter(status=PrivateStatus.PLACED)
    _each(placed, lambda row: pay_contract(contract=row, gateway=gateway, at=at))
    unconfirmed = rows.filter(status=PrivateStatus.COOLING, call_due__lte=at)
    _each(unconfirmed, lambda row: give_up(contract=row, at=at))
    lapsed = rows.filter(status=PrivateStatus.LAPSED, revoked_at=None)
    _each(lapsed, lambda row: revoke_contract(contract=row, gateway=gateway, at=at))
    left = rows.filter(refund__gt=0, refunded_at=None)
    _each(left, lambda row: refund_contract(contract=row, gateway=gateway, at=at))


@schedule("*/10 * * * *")
def carry_all_on(timestamp: int) -> None:
    """Every ten minutes: pay what waits, send what has closed, count what the registrar tells."""
    at = clock.now()
    gateway = payment_gateway()

    def go_on(order: Order) -> None:
        paid = pay(order=order, gateway=gateway, at=at)
        send(order=paid, registrar=registrar(), at=at)

    orders = Order.objects.select_related("customer", "product", "terms")
    _each(orders.to_carry_on(at), go_on)
    take_confirmations()


@schedule("*/10 * * * *")
def pay_orders_back(timestamp: int) -> None:
    """Every ten minutes: money of orders that is due back; nothing else stands before it."""
    at = clock.now()
    gateway = payment_gateway()
    orders = Order.objects.select_related("customer", "product", "terms")
    lapsed = orders.filter(status=OrderStatus.LAPSED, revoked_at=None)
    _each(lapsed, lambda order: revoke_order(order=order, gateway=gateway, at=at))
    left = orders.filter(refund__gt=0, refunded_at=None)
    _each(left, lambda order: refund(order=order, gateway=gateway, at=at))


@schedule("* * * * *")
def end_sales(timestamp: int) -> None:
    """End what outlets had open as long as the rule says; until then it holds no more anyway."""
    at = clock.now()
    rows = SaleRelease.objects.filter(status__in=LIVE, until__lte=at).order_by("pk")
    for release in rows[:500]:
        end_sale(release=release, ended_by=ReleaseEnd.TIME, actor=ACTOR, at=at)


def take_confirmations() -> None:
    """Ask for the confirmations of every day that has sent orders; no day stops another.

    Asked for as long as an order is sent and unconfirmed; from some trading days on it is a task
    too (`desk.unconfirmed`).
    """
    at = clock.now()
    sent = Order.objects.filter(status=OrderStatus.SENT).order_by("dealing_day")
    for day in sent.values_list("dealing_day", flat=True).distinct():
        try:
            take_day(day=day, registrar=registrar(), at=at)
        except Unavailable as error:
            log.warning("no confirmations of %s: %s", day, error)


def _each(rows: QuerySet[Any], step: Callable[[Any], Any]) -> None:
    """Take a step with each row; one that fails or gets no answer stops no other."""
    for row in rows.order_by("pk").iterator():
        try:
            step(row)
        except Unavailable as error:
            log.warning("no answer for %s %s: %s", row._meta.label, row.ref, error)
        except Exception:  # nobody foresaw it: the others' money does not wait for it
            log.exception("%s %s", row._meta.label, row.ref)
