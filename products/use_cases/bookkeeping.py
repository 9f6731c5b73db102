"""Propose a subscription book, publish it, ask for its closing: each step with four eyes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.book_events import (
    BookProposed,
    BookPublished,
    CalledOff,
    CallingOffAsked,
    ClosingApproved,
    ClosingAsked,
)
from products.dated import allocation_on
from products.models import Bid, Book, BookCount, Closing, Product, Terms
from products.states import BidStatus, Mode
from products.use_cases.limiting import limit_bids
from products.use_cases.plan_checks import require_plan_least
from products.use_cases.quotas import reserve_for_book
from products.use_cases.refusals import UnableToList, check


@transaction.atomic
def propose_book(
    *,
    product: Product,
    company: OrgUnit,
    target: Decimal,
    minimum: Decimal,
    step: Decimal,
    least: Decimal | None = None,
    opens_at: datetime,
    closes_at: datetime,
    allocation: str,
    maker: User,
    at: datetime,
) -> Book:
    """Propose a book; a second person publishes it together with its rule.

    Args:
        company: the branch company that sells.
        target: yuan to be placed; least amount, step and target are multiples of the step.
        least: yuan that have to be bid for, or it can only be called off; None for any sum.
        closes_at: the first instant at which no bid is taken.
        allocation: of `states.Allocation`, one that the dated rule allows today.

    Raises:
        UnableToList: `errors` names the fields.
    """
    if product.mode != Mode.BOOK:
        raise _wrong("product", _("This is not sold by a subscription book."))
    if company.kind != Kind.BRANCH_COMPANY:
        raise _wrong("company", _("Outlets serve; only a branch company sells."))
    rules = allocation_on(clock.business_date(at))
    if allocation not in rules.methods:
        raise _wrong("allocation", _("The rules of the house do not allow this today."))
    if closes_at <= at:
        raise _wrong("closes_at", _("This lies in the past."))
    row = Book(
        product=product,
        company=company,
        target=target,
        minimum=minimum,
        step=step,
        least=least,
        opens_at=opens_at,
        closes_at=closes_at,
        allocation=allocation,
        rule_version=rules.version,
        made_by_ref=maker.ref,
        made_at=at,
    )
    check(row)
    require_plan_least(product, minimum, clock.business_date(opens_at))
    if minimum % step or target % step:
        raise _wrong("step", _("Least amount and target are whole steps."))
    terms = Terms.objects.approved().on(clock.business_date(opens_at)).filter(product=product)
    if (found := terms.first()) is not None and minimum < found.minimum:
        least_of_terms = formats.money(found.minimum)
        said = _("The terms of sale ask for {least} at least.").format(least=least_of_terms)
        raise _wrong("minimum", said)
    row.save()
    record(BookProposed(subject=row.ref, product=product.ref), actor=Actor.of(maker), at=at)
    return row


def book_approved(row: Book, checker: User, at: datetime) -> None:
    """Open its count and reserve its target of the quota; runs in the approval's transaction."""
    count = BookCount.objects.create(book=row)
    reserve_for_book(count, clock.business_date(row.opens_at))
    event = BookPublished(
        subject=row.ref,
        product=row.product.ref,
        allocation=row.allocation,
        rule_version=row.rule_version,
    )
    record(event, actor=Actor.of(checker), at=at)


@transaction.atomic
def ask_to_close(*, book: Book, maker: User, at: datetime) -> Closing:
    """Ask that a book is shared out, once its time is over and all its money is settled.

    Raises:
        UnableToList: it still takes bids, money is on its way, somebody asked already, the product
            is suspended, or the least sum was not reached: then it can only be called off.
    """
    _look(book, at)
    _bids, demand = _paid_of(book)
    if problem := _why_not_shared_out(book, demand):
        raise UnableToList(problem)
    row = _asked(book, maker, at)
    event = ClosingAsked(subject=book.ref, product=book.product.ref)
    record(event, actor=Actor.of(maker), at=at)
    return row


@transaction.atomic
def ask_to_call_off(*, book: Book, reason: str, maker: User, at: datetime) -> Closing:
    """Ask that a published book ends without a share for anybody, also before its time is over.

    Once a second person agrees it takes no bids, and all that was paid goes back.

    Args:
        reason: for colleagues; customers read that it was called off.

    Raises:
        UnableToList: without a reason, not published, or somebody asked to end it already.
    """
    BookCount.objects.select_for_update().filter(book=book).first()
    if not reason.strip():
        said = _("Say why, so that colleagues can answer customers.")
        raise UnableToList(said, {"reason": [said]})
    if not book.is_approved:
        raise UnableToList(_("The book was not published."))
    row = _asked(book, maker, at, calls_off=True, reason=reason.strip())
    event = CallingOffAsked(subject=book.ref, product=book.product.ref)
    record(event, actor=Actor.of(maker), at=at, reason=row.reason)
    return row


def _asked(book: Book, maker: User, at: datetime, **values: Any) -> Closing:
    if book.closings.exclude(decision="rejected").exists():
        raise UnableToList(_("Somebody has asked for this already."))
    bids, demand = _paid_of(book)
    return Closing.objects.create(
        book=book, bids=bids, demand=demand, made_by_ref=maker.ref, made_at=at, **values
    )


def _why_not_shared_out(book: Book, demand: Decimal) -> str:
    """What stands against sharing out a book for which `demand` yuan count; empty for nothing."""
    if book.product.suspensions.filter(ended_at=None).exists():
        return _("The product is suspended: the book waits, or is called off.")
    if book.least is not None and demand < book.least:
        least = formats.money(book.least)
        said = _("The least sum of {least} was not reached: the book can only be called off.")
        return said.format(least=least)
    return ""


def closing_approved(row: Closing, checker: User, at: datetime) -> None:
    """Settle what one customer may get, and begin to share out; in the approval's transaction.

    Of a book that is called off the figures may have moved: whatever was paid goes back.

    Raises:
        FourEyesRefused: the figures are not those that were shown to both, or something stands
            against sharing out now, the limits of single customers included.
    """
    from products.tasks import share_out_book  # tasks call use cases

    book = row.book
    # the product before the count, as everywhere: a suspension waits for closings and they for it
    Product.objects.select_for_update(no_key=True).get(pk=book.product_id)
    BookCount.objects.select_for_update().get(book=book)
    if not row.calls_off:
        if _paid_of(book) != (row.bids, row.demand):
            raise FourEyesRefused(_("The bids have changed since. Ask for the closing anew."))
        limit_bids(book=book, at=at)
        if problem := _why_not_shared_out(book, _counting(book)):
            raise FourEyesRefused(problem)
    event = CalledOff if row.calls_off else ClosingApproved
    told = event(subject=book.ref, product=book.product.ref)
    record(told, actor=Actor.of(checker), at=at, reason=row.reason)
    share_out_book.defer(ref=str(book.ref))


def _counting(book: Book) -> Decimal:
    """Yuan of a book's paid bids that count, none beyond what one customer may have."""
    paid = Bid.objects.filter(book=book, status=BidStatus.PAID)
    return paid.aggregate(sum=Sum(Coalesce("most", "amount")))["sum"] or Decimal(0)


def _paid_of(book: Book) -> tuple[int, Decimal]:
    """How many paid bids wait in a book, and their sum in yuan."""
    paid = Bid.objects.filter(book=book, status=BidStatus.PAID)
    found = paid.aggregate(bids=Count("pk"), demand=Sum("amount"))
    return found["bids"], found["demand"] or Decimal(0)


def _look(book: Book, at: datetime) -> None:
    BookCount.objects.select_for_update().filter(book=book).first()
    if not book.is_approved or at < book.closes_at:
        raise UnableToList(_("The book still takes bids."))
    if Bid.objects.filter(book=book, status=BidStatus.PLACED).exists():
        raise UnableToList(_("The money of some bids is on its way. Try again in a few minutes."))


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
