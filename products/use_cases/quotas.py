"""Take of the quota of some terms of sale, and give back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from brokerage.core.display import formats
from brokerage.core.four_eyes import FourEyesRefused
from products.models import Bid, Book, BookCount, Quota, Terms
from products.states import IN_BOOK
from products.use_cases.order_checks import check_amount


def take_of_quota(terms: Terms, amount: Decimal) -> None:
    """Count an amount in yuan; whoever comes later waits for this transaction.

    Raises:
        UnableToOrder: beside the field `amount`, where it does not fit or too little is left.
    """
    row = Quota.objects.select_for_update().filter(terms=terms).first()
    check_amount(terms, amount, row.total - row.taken if row else None)
    if row is not None:
        row.taken += amount
        row.save(update_fields=["taken"])


@transaction.atomic
def reserve_for_book(count: BookCount, on: date) -> None:
    """Reserve the target of a book of the quota of the terms of its first day.

    Bids themselves take nothing: in proportion more may be bid than there is.

    Raises:
        FourEyesRefused: other books and orders leave too little.
    """
    book = count.book
    terms = Terms.objects.approved().on(on).filter(product=book.product_id).first()
    row = Quota.objects.select_for_update().filter(terms=terms).first() if terms else None
    if row is None:
        return
    if book.target > row.total - row.taken:
        left = formats.money(row.total - row.taken)
        raise FourEyesRefused(_("Only {left} are left of the quota.").format(left=left))
    row.taken += book.target
    row.save(update_fields=["taken"])
    count.terms, count.reserved = terms, book.target
    count.save(update_fields=["terms", "reserved"])


@transaction.atomic
def settle_quota_of_book(book: Book) -> None:
    """Give back what a book had reserved and did not allot; a second time changes nothing.

    Nothing happens while bids of it wait for their share.
    """
    count = BookCount.objects.select_for_update().get(book=book)
    bids = Bid.objects.filter(book=book)
    if not count.reserved or bids.filter(status__in=IN_BOOK).exists():
        return
    allotted = bids.aggregate(sum=Sum("allotted"))["sum"] or Decimal(0)
    give_back_quota(count.terms_id or 0, count.reserved - allotted)
    count.reserved = allotted
    count.save(update_fields=["reserved"])


def give_back_quota(terms_id: int, amount: Decimal | None) -> None:
    """Free what was not bought after all."""
    if amount:
        Quota.objects.filter(terms=terms_id).update(taken=F("taken") - amount)
