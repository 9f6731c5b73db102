"""Questions about orders that outlets take down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.counter.states import LIVE
from products.models import CounterOrder, Product, SaleRelease, Terms
from products.selectors.books import open_book_of
from products.states import Channel, Mode


def at_outlet_only(product: Product, terms: Terms, at: datetime) -> bool:
    """Whether outlets alone take it down now, where the customer's code opens the purchase."""
    if list(terms.channels) != [Channel.OUTLET.value]:
        return False
    if product.mode == Mode.BOOK:
        return open_book_of(product, at) is not None
    return product.mode == Mode.CART


def newest_proposal(release: SaleRelease) -> CounterOrder | None:
    """What was taken down last under a release, with its decision and order."""
    wanted = ("decision__item", "decision__customer", "order", "book__company", "bid")
    rows = release.proposals.select_related(*wanted)
    found: CounterOrder | None = rows.order_by("-pk").first()
    return found


def live_sale(release: SaleRelease, at: datetime) -> bool:
    """Whether code or help of a release still count at an instant."""
    return release.status in LIVE and at < release.until


def state_of(release: SaleRelease, proposal: CounterOrder | None, at: datetime) -> str:
    """One word for where both sides stand: a page that waits is loaded anew once it is another."""
    last = f"{proposal.pk}-{proposal.status}" if proposal else ""
    return f"{release.status}-{live_sale(release, at)}-{last}"


def open_sales(user: Any, at: datetime) -> QuerySet[SaleRelease]:
    """What customers opened to this member of staff, and still do; the newest first."""
    rows = SaleRelease.objects.opened_by(user, at)
    return rows.select_related("customer", "product__item", "outlet").order_by("-taken_at")
