"""Tasks about money under way: orders that nobody confirms, and what hangs on a suspension."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from brokerage.core.clock import business_date
from brokerage.reference.calendars import add_trading_days
from products.dated import unconfirmed_days_on
from products.desk import SETTLES
from products.models import Order, Suspension
from products.selectors.under_way import has_money_under_way, under_way_of
from products.states import OrderStatus

RESUMES = "products.change_resumption"


def unconfirmed(user: Any, at: datetime) -> Iterable[Task]:
    """Days whose orders were sent and are not confirmed for too long; the oldest first."""
    days = _unconfirmed(user, at).values("dealing_day").annotate(number=Count("pk"))
    for row in days.order_by("dealing_day"):
        said = ngettext(
            "{n} order was sent and is not confirmed",
            "{n} orders were sent and are not confirmed",
            row["number"],
        )
        day = row["dealing_day"]
        yield Task(
            title=said.format(n=row["number"]),
            detail=_("Trading day {day}. Ask the registrar.").format(day=day.isoformat()),
            url=reverse("admin:products_order_changelist") + "?status__exact=sent",
            action=_("Look"),
        )


def probe_unconfirmed(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `unconfirmed`."""
    return [_unconfirmed(user, at)]


def suspended(user: Any, at: datetime) -> Iterable[Task]:
    """Suspended products with money under way, the longest suspended first."""
    for row in _suspended(user).select_related("product__item").order_by("begun_at", "pk"):
        found = under_way_of(row.product)
        words = (
            ngettext("{n} order", "{n} orders", found.orders).format(n=found.orders),
            ngettext("{n} bid", "{n} bids", found.bids).format(n=found.bids),
            ngettext("{n} contract", "{n} contracts", found.contracts).format(n=found.contracts),
        )
        yield Task(
            title=_("Suspended with money under way: {product}").format(product=row.product),
            detail=" · ".join(words),
            url=reverse("admin:products_product_change", args=[row.product.ref]),
            action=_("Look"),
            started_at=row.begun_at,
        )


def probe_suspended(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `suspended`."""
    return [_suspended(user)]


def _unconfirmed(user: Any, at: datetime) -> QuerySet[Order]:
    if not roles.may(user, SETTLES):
        return Order.objects.none()
    rows = Order.objects.filter(status=OrderStatus.SENT, dealing_day__lte=_before(at))
    return scope.visible(rows, user)


def _before(at: datetime) -> date:
    """The last dealing day whose orders should have been confirmed long ago."""
    today = business_date(at)
    return add_trading_days(today, -unconfirmed_days_on(today))


def _suspended(user: Any) -> QuerySet[Suspension]:
    if not roles.may(user, RESUMES):
        return Suspension.objects.none()
    rows = Suspension.objects.filter(has_money_under_way("product"), ended_at=None)
    return scope.visible(rows, user)
