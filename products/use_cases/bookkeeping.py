"""Propose a subscription book, publish it, ask for its closing: each step with four eyes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core import clock
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.book_events import (
    BookProposed,
    BookPublished,
    ClosingApproved,
    ClosingAsked,
)
from products.dated import allocation_on
from products.models import Bid, Book, BookCount, Closing, Product
from products.states import BidStatus, Mode
from products.use_cases.limiting import limit_bids
from products.use_cases.plan_checks import require_plan_least
from products.use_cases.refusals import UnableToList, check


@transaction.atomic
def propose_book(
    *,
    product: Product,
    company: OrgUnit,
    target: Decimal,
    minimum: Decimal,
    step: Decimal,
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
    row.save()
    record(BookProposed(subject=row.ref, product=product.ref), actor=Actor.of(maker), at=at)
    return row


def book_approved(row: Book, checker: User, at: datetime) -> None:
    """Open its count; runs in the approval's transaction."""
    BookCount.objects.create(book=row)
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
        UnableToList: it still takes bids, money is on its way, or somebody asked already.
    """
    _look(book, at)
    if book.closings.exclude(decision="rejected").exists():
        raise UnableToList(_("Somebody has asked for this already."))
    bids, demand = _paid_of(book)
    row = Closing.objects.create(
        book=book,
        bids=bids,
        demand=demand,
        made_by_ref=maker.ref,
        made_at=at,
    )
    event = ClosingAsked(subject=book.ref, product=book.product.ref)
    record(event, actor=Actor.of(maker), at=at)
    return row


def closing_approved(row: Closing, checker: User, at: datetime) -> None:
    """Settle what one customer may get, and begin to share out; in the approval's transaction.

    Raises:
        FourEyesRefused: the figures are not those that were shown to both.
    """
    from products.tasks import share_out_book  # tasks call use cases

    BookCount.objects.select_for_update().get(book=row.book_id)
    if _paid_of(row.book) != (row.bids, row.demand):
        raise FourEyesRefused(_("The bids have changed since. Ask for the closing anew."))
    limit_bids(book=row.book, at=at)
    event = ClosingApproved(subject=row.book.ref, product=row.book.product.ref)
    record(event, actor=Actor.of(checker), at=at)
    share_out_book.defer(ref=str(row.book.ref))


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
