"""What a customer holds. Orders are not placed here: the trading terminal does that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.core.display.charts import Point
from brokerage.core.written import SOME_DAY
from brokerage.customers.own import OwnRows, customer_user_or_404
from holdings.models import AssetSnapshot, Position
from holdings.selectors.averages import late_days
from holdings.selectors.portfolio import (
    HISTORY,
    Portfolio,
    by_security,
    classes_of,
    newest_first,
)

SHOWN_DAYS = 10
DAYS = OwnRows(AssetSnapshot, lambda rows: newest_first(rows)[:HISTORY])
HELD = OwnRows(Position, by_security, day=SOME_DAY)


@login_required
@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    """Holdings by class, where the money is, its history, and what counts on each day."""
    user = customer_user_or_404(request)
    days = DAYS.of(user)
    found = Portfolio(days, classes_of(HELD.of(user, day=days[0].day))) if days else None
    context: dict[str, Any] = {"found": found}
    if found is not None:
        context |= {
            "parts": _parts(found),
            "history": _history(found),
            "days": found.days[:SHOWN_DAYS],
            "late": _late(found),
            "owes": any(day.borrowed_cash or day.borrowed_securities for day in found.days),
        }
    return render(request, "holdings/assets.html", context)


def _parts(found: Portfolio) -> list[Point]:
    """The slices of the ring: classes and money."""
    money = pgettext("asset class", "Cash")
    rows = [(str(each.kind.label), each.value) for each in found.classes]
    rows.append((money, found.newest.cash))
    return [Point(label, value, formats.money(value)) for label, value in rows]


def _late(found: Portfolio) -> str:
    """Days since the oldest shown whose figures have not arrived, in words; empty for none."""
    oldest = found.days[:SHOWN_DAYS][-1].day
    late = late_days(oldest, clock.today() - timedelta(days=1))
    return _(", ").join(map(formats.day, late))


def _history(found: Portfolio) -> list[Point]:
    """What counted at the end of each day, in the order of time."""
    return [
        Point(formats.day(day.day), day.counted, formats.money(day.counted))
        for day in reversed(found.days)
    ]
