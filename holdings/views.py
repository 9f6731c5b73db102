"""What a customer holds. Orders are not placed here: the trading terminal does that."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.core import clock
from brokerage.core.written import SOME_DAY
from brokerage.customers.own import OwnRows, customer_user_or_404
from holdings.models import AssetSnapshot, Position
from holdings.selectors.portfolio import (
    HISTORY,
    Portfolio,
    by_security,
    classes_of,
    newest_first,
)
from holdings.shown import context_of

DAYS = OwnRows(AssetSnapshot, lambda rows: newest_first(rows)[:HISTORY])
HELD = OwnRows(Position, by_security, day=SOME_DAY)


@login_required
@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    """Holdings by class, where the money is, its history, and what counts on each day."""
    user = customer_user_or_404(request)
    days = DAYS.of(user)
    context: dict[str, Any] = {"found": None}
    if days:
        found = Portfolio(days, classes_of(HELD.of(user, day=days[0].day)))
        context = context_of(found, clock.today())
    return render(request, "holdings/assets.html", context)
