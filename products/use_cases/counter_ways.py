"""What an outlet takes down becomes: an order for a fund, or a bid in a subscription book.

Both are looked at and made by the use cases of the portal, at the counter's channel and outlet.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from products.models import Book, BookCount, CounterOrder, Product, SaleRelease
from products.selectors.books import open_book_of
from products.states import Channel, Mode
from products.use_cases.bidding import look_at_bid, place_bid, require_open, terms_of_book
from products.use_cases.order_checks import (
    UnableToOrder,
    day_of,
    look_at_purchase,
    require_channel,
    terms_for_sale,
)
from products.use_cases.placing import subscribe


def require_taken_down(product: Product, at: datetime) -> None:
    """Refuse what no outlet takes down at this instant; raises UnableToOrder."""
    today = business_date(at)
    if product.mode != Mode.BOOK:
        terms_for_sale(product, today, Channel.OUTLET)
        return
    book = book_to_bid_in(product, at)
    require_open(book, at)
    require_channel(terms_of_book(book, today), Channel.OUTLET)


def book_to_bid_in(product: Product, at: datetime) -> Book:
    """The book of a product that takes bids at an instant; raises UnableToOrder without one."""
    found = open_book_of(product, at)
    if found is None:
        raise UnableToOrder(_("This book takes no bids at the moment."))
    return found


def look_at_counter(
    release: SaleRelease, amount: Decimal, at: datetime, book: Book | None = None
) -> dict[str, Any]:
    """What can be known of a purchase before it is shown to its customer; writes nothing.

    Args:
        release: opened at an outlet.
        amount: yuan.
        book: in which it was taken down before; None for the one that is open now.

    Returns:
        What the customer agrees to beside amount and match, as fields of a `CounterOrder`: the
        dealing day of an order, the book of a bid.

    Raises:
        UnableToOrder: with the field where it belongs to one.
    """
    customer, product, outlet = release.customer, release.product, release.outlet
    if product.mode != Mode.BOOK:
        terms = look_at_purchase(customer, product, amount, business_date(at), outlet)
        return {"dealing_day": day_of(terms, at)}
    book = book or book_to_bid_in(product, at)
    count = BookCount.objects.filter(book=book).first()
    look_at_bid(customer, book, amount, at, count=count, counter=outlet)
    return {"book": book}


def buy_at_counter(
    release: SaleRelease, row: CounterOrder, actor: Actor, at: datetime
) -> dict[str, Any]:
    """Order or bid, with the ref of what was taken down as the key.

    Returns:
        The order or the bid, as the field of the `CounterOrder`.

    Raises:
        UnableToOrder, LookAgain, DutyOpen: see `placing.subscribe` and `bidding.place_bid`.
    """
    given: dict[str, Any] = {
        "customer": release.customer,
        "amount": row.amount,
        "decision": row.decision,
        "key": row.ref,
        "actor": actor,
        "at": at,
        "counter": release.outlet,
    }
    if row.book is not None:
        return {"bid": place_bid(book=row.book, **given)}
    assert row.dealing_day is not None, "an order says its day, by constraint"
    return {"order": subscribe(product=release.product, day=row.dealing_day, **given)}
