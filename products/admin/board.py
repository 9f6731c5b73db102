"""The board of cross-selling: all outlets of a quarter, and one outlet with its people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from brokerage.backoffice.frame import page
from brokerage.core import clock, roles, scope
from brokerage.core.display import formats
from brokerage.core.display.charts import Point
from products.board_access import SEE, SET, sees_colleagues
from products.rules.quarters import Quarter, parse_quarter, quarter_of
from products.selectors import board
from products.selectors.books import books_under_way
from products.selectors.commission import by_month, by_unit

CHOICES = 9
"""The present quarter and two years back."""


@require_safe
def board_view(request: HttpRequest) -> HttpResponse:
    """Outlets by code with goals and results, the trend of their credit, and the pipeline."""
    _need(request)
    quarter = _quarter(request)
    units = board.outlets_seen_by(request.user)
    results, after = board.results_of_outlets(
        units, quarter, after=request.GET.get("after", "")[:40]
    )
    trend = board.credit_trend(units, quarter)
    here = f"?{urlencode({'quarter': str(quarter)})}"
    context = {
        "results": results,
        "referred": _bars(results),
        "trend": [Point(str(each), amount, formats.money(amount)) for each, amount in trend],
        "credited": board.credited_to(request.user, quarter),
        "coverage": board.coverage_seen_by(request.user),
        "pipeline": board.pipeline_of(request.user),
        "books": books_under_way(request.user, clock.now()),
        **_commission(units, [one.code for one in results], quarter),
        "next_url": f"{here}&{urlencode({'after': after})}" if after else "",
        "first_url": here if "after" in request.GET else "",
    }
    return _page(request, "admin/products/board.html", quarter, context)


@require_safe
def unit_view(request: HttpRequest, code: str) -> HttpResponse:
    """One outlet: its result, its people, and how many of its customers we serve with a fund."""
    _need(request)
    quarter = _quarter(request)
    unit = scope.visible_or_404(board.outlets_seen_by(request.user), request.user, code=code)
    only = None if sees_colleagues(request.user) else request.user.ref  # type: ignore[union-attr]  # signed in
    mine = board.outlets_seen_by(request.user).filter(pk=unit.pk)
    people = board.results_of_people(unit, quarter, only=only)
    context = {
        "unit": unit,
        "results": board.results_of_outlets(mine, quarter)[0],
        "people": people,
        "referred": _bars(people),
        "coverage": board.coverage_of(unit),
        **_commission(mine, [unit.code], quarter),
        "board_url": f"{reverse('admin:products_board')}?{urlencode({'quarter': str(quarter)})}",
    }
    return _page(request, "admin/products/board_unit.html", quarter, context)


def _commission(units: Any, page: list[str], quarter: Quarter) -> dict[str, Any]:
    """Net commission of these outlets by month, and of those on the page in the quarter."""
    months = by_month(units, quarter)
    named = [(date_format(month, "YEAR_MONTH_FORMAT"), sums) for month, sums in months]
    return {
        "months": named,
        "net": [
            Point(words, sums.rate, formats.rate(sums.rate))
            for words, sums in named
            if sums.rate is not None
        ],
        "commission": by_unit(list(units.filter(code__in=page)), quarter),
    }


def words_of(quarter: Quarter) -> str:
    """A quarter for people, such as "2026, quarter 1"."""
    return _("{year}, quarter {n}").format(year=quarter.year, n=quarter.number)


def _bars(results: list[board.Result]) -> list[Point]:
    """Referrals registered; nothing where nobody brought any."""
    found = [
        Point(one.name, Decimal(one.referred), formats.number(one.referred)) for one in results
    ]
    return found if any(point.value for point in found) else []


def _quarter(request: HttpRequest) -> Quarter:
    """The quarter that was chosen; the present one for anything else."""
    return parse_quarter(request.GET.get("quarter", "")) or quarter_of(clock.today())


def _need(request: HttpRequest) -> None:
    if not roles.may(request.user, SEE):
        raise PermissionDenied


def _page(
    request: HttpRequest, template: str, quarter: Quarter, context: dict[str, Any]
) -> TemplateResponse:
    present = quarter_of(clock.today())
    quarters = [present.shifted(-back) for back in range(CHOICES)]
    frame = {
        "quarter": quarter,
        "quarter_words": words_of(quarter),
        "quarters": [(str(each), words_of(each)) for each in quarters],
        "goals_url": reverse("admin:products_goal_changelist"),
        "may_set": roles.may(request.user, SET),
    }
    return page(request, template, {**frame, **context})
