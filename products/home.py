"""The home card of orders that are on their way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brokerage.core import home_cards
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind
from products.models import Order


def open_orders(on: date) -> Subquery:
    """How many orders of a log-in are on their way, a fact of the home."""
    rows = Order.objects.open().filter(customer__user=OuterRef("pk")).order_by()
    return Subquery(rows.values("customer").annotate(n=Count("pk")).values("n"))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card while an order is on its way; asks nothing but the fact."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return
    number = home_cards.fact(user, "products.open_orders", at)
    if not number:
        return
    title = ngettext("{n} order is on its way", "{n} orders are on their way", number)
    yield Card(
        key="products.orders",
        weight=Weight.WAITING,
        title=title.format(n=number),
        text=_("You see where each of them stands, and until when it can be taken back."),
        url=reverse("products:orders"),
        action=_("See my orders"),
    )
