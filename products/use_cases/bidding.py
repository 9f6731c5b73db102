"""Bid in a subscription book, pay, take a bid back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.core.locking import lock_row
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from products.book_events import (
    BidEvent,
    BidLapsed,
    BidPaid,
    BidPaidLate,
    BidPlaced,
    BidRefunded,
    BidUnpaid,
    BidWithdrawn,
)
from products.gateways.payment import PaymentGateway
from products.models import Bid, Book, BookCount, Product, Terms
from products.rules.dealing import wrong_amount
from products.states import Allocation, BidStatus
from products.use_cases import money
from products.use_cases.carrying import WORKER
from products.use_cases.order_checks import (
    SAID,
    LookAgain,
    Place,
    UnableToOrder,
    require_same_opinion,
    require_sold_to,
    require_within_limit,
)
from products.use_cases.plan_checks import require_room_for
from suitability.models import MatchRecord
from suitability.use_cases.duties import NothingToSell, require_told


@transaction.atomic
def place_bid(
    *,
    customer: Customer,
    book: Book,
    amount: Decimal,
    decision: MatchRecord,
    key: UUID,
    actor: Actor,
    at: datetime,
    counter: OrgUnit | None = None,
) -> Bid:
    """Bid in an open book.

    Args:
        amount: yuan, of the least amount upwards in steps.
        decision: the match that the customer saw, of today.
        key: of this bid; the same key again returns the same bid.
        counter: the outlet where it was taken down, if the customer did not bid on the portal.

    Raises:
        UnableToOrder: with the field where it belongs to one.
        LookAgain: grade or opinion are others than were shown.
        DutyOpen: something has to be told before (`suitability.use_cases.duties`).
    """
    if found := _same(customer, key, book, amount):
        return found
    # the product before the count, as everywhere: a suspension waits for bids and bids for it
    product = Product.objects.select_for_update(no_key=True).get(pk=book.product_id)
    count = BookCount.objects.select_for_update().filter(book=book).first()
    place = look_at_bid(customer, book, amount, at, count=count, counter=counter)
    require_same_opinion(decision, product, clock.business_date(at))
    try:
        require_told(decision=decision, at=at)
    except NothingToSell as error:
        raise LookAgain(str(error)) from error
    assert count is not None, "a published book has a count"
    count.taken += amount
    count.save(update_fields=["taken"])
    row = Bid.objects.create(
        book=book,
        customer=customer,
        outlet=place.outlet,
        decision=decision,
        key=key,
        amount=amount,
        placed_at=at,
    )
    from products.tasks import carry_bid_on  # tasks call use cases

    _record(BidPlaced, row, at, actor)
    carry_bid_on.defer(ref=str(row.ref))
    return row


def pay_bid(*, bid: Bid, gateway: PaymentGateway, at: datetime) -> Bid:
    """Take the money of a bid; see `money.take`."""
    return money.take(bid, gateway=gateway, at=at, steps=_steps())


def revoke_bid(*, bid: Bid, gateway: PaymentGateway, at: datetime) -> Bid:
    """Withdraw the request for the money of a lapsed bid; see `money.revoke`."""
    return money.revoke(bid, gateway=gateway, at=at, steps=_steps())


@transaction.atomic
def withdraw_bid(*, bid: Bid, actor: Actor, at: datetime) -> Bid:
    """Take a bid back before its book closes; what was paid goes back.

    Raises:
        UnableToOrder: it is too late, or the money is on its way.
    """
    row = _locked(bid)
    if row.status == BidStatus.WITHDRAWN:
        return row
    if not can_withdraw(row, at):
        raise UnableToOrder(_("The bid cannot be taken back any more."))
    row.move_to(BidStatus.WITHDRAWN)
    _nothing_allotted(row)
    row.ended_at = at
    row.save()
    _free(row)
    _record(BidWithdrawn, row, at, actor)
    from products.tasks import carry_bid_on  # tasks call use cases

    carry_bid_on.defer(ref=str(row.ref))
    return row


def refund_bid(*, bid: Bid, gateway: PaymentGateway, at: datetime) -> Bid:
    """Pay back what was not allotted; see `money.pay_back`."""
    return money.pay_back(bid, gateway=gateway, at=at, steps=_steps())


def can_withdraw(bid: Bid, at: datetime) -> bool:
    """Whether the customer may still take a bid back: it is paid and the book is open."""
    if bid.status != BidStatus.PAID or at >= bid.book.closes_at:
        return False
    return not bid.book.closings.approved().exists()  # called off: the money goes back anyway


def look_at_bid(
    customer: Customer,
    book: Book,
    amount: Decimal,
    at: datetime,
    *,
    count: BookCount | None,
    counter: OrgUnit | None = None,
) -> Place:
    """What can be known of a bid before it is told and placed; writes nothing.

    Args:
        amount: yuan.
        count: of the book, locked by who bids.
        counter: the outlet where it is taken down; None for the portal.

    Returns:
        The customer's place, to which the bid belongs wherever it was taken down.

    Raises:
        UnableToOrder: with the field where it belongs to one.
    """
    today = clock.business_date(at)
    require_open(book, at)
    terms = terms_of_book(book, today)
    check_bid(book, amount, room_of(book, count))
    require_within_limit(customer, book.product, terms, amount)
    require_room_for(customer, book.product, today)
    return require_sold_to(customer, terms, today, counter)


def require_open(book: Book, at: datetime) -> None:
    """Refuse a bid outside the book's time, or on what is suspended.

    Raises:
        UnableToOrder: says which.
    """
    if not Book.objects.open(at).filter(pk=book.pk).exists():
        raise UnableToOrder(_("This book takes no bids at the moment."))
    on = clock.business_date(at)
    if not Product.objects.for_sale(on).filter(pk=book.product_id).exists():
        raise UnableToOrder(_("This is not for sale at the moment."))


def check_bid(book: Book, amount: Decimal, left: Decimal | None) -> None:
    """Refuse an amount that this book does not take; `left` is what there is room for.

    Raises:
        UnableToOrder: beside the field `amount`.
    """
    wrong = wrong_amount(amount, minimum=book.minimum, step=book.step, left=left)
    if wrong is not None:
        least, step = formats.money(book.minimum), formats.money(book.step)
        raise UnableToOrder(str(SAID[wrong]).format(least=least, step=step), "amount")


def terms_of_book(book: Book, on: date) -> Terms:
    """The terms of a product in force while its book takes bids (`require_open`)."""
    found: Terms = Terms.objects.approved().on(on).get(product=book.product_id)
    return found


def room_of(book: Book, count: BookCount | None) -> Decimal | None:
    """What a book still takes in yuan: the target first come, else any amount (None)."""
    if book.allocation != Allocation.BY_TIME or count is None:
        return None
    return book.target - count.taken


def _same(customer: Customer, key: UUID, book: Book, amount: Decimal) -> Bid | None:
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    found = Bid.objects.filter(customer=customer, key=key).first()
    if found is not None and (found.book_id, found.amount) != (book.pk, amount):
        raise UnableToOrder(_("This page was used for an order already. Begin anew."))
    return found


def _steps() -> money.Steps[Bid]:
    return money.Steps(
        lock=_locked,
        paid=_paid,
        free=_free,
        keep_nothing=_nothing_allotted,
        ended=_ended,
        late=partial(_record, BidPaidLate),
        back=partial(_record, BidRefunded),
    )


def _paid(bid: Bid, at: datetime) -> None:
    bid.move_to(BidStatus.PAID)
    bid.paid_at = at
    bid.save()
    _record(BidPaid, bid, at)


def _ended(bid: Bid, at: datetime) -> None:
    _record(BidUnpaid if bid.status == BidStatus.UNPAID else BidLapsed, bid, at)


def _nothing_allotted(bid: Bid) -> None:
    bid.allotted, bid.refund = Decimal(0), bid.amount


def _free(bid: Bid) -> None:
    BookCount.objects.filter(book=bid.book_id).update(taken=F("taken") - bid.amount)


def _locked(bid: Bid) -> Bid:
    return lock_row(Bid, bid.pk, "customer", "book")


def _record(event: type[BidEvent], bid: Bid, at: datetime, actor: Actor = WORKER) -> None:
    told = event(subject=bid.ref, customer=bid.customer.ref, book=bid.book.ref)
    record(told, actor=actor, at=at)
