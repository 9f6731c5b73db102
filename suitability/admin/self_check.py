"""The half-year self-check as a page, made to be printed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from brokerage.backoffice.frame import page
from brokerage.core import clock, roles
from suitability.self_check import HalfYear, report

SHOWN = 6
MAY = "suitability.view_questionnaire"  # head office and those who read everything


def may_read(request: HttpRequest) -> bool:
    """Whether this person reads the report: it counts the whole firm."""
    return roles.may(request.user, MAY)


def self_check_view(request: HttpRequest) -> HttpResponse:
    """The report of one half-year; the last complete one unless another is asked for."""
    if not may_read(request):
        raise PermissionDenied
    now = HalfYear.of(clock.today())
    periods = [now]
    for _each in range(SHOWN - 1):
        periods.append(periods[-1].before)
    period = now.before
    if asked := request.GET.get("period"):
        try:
            period = HalfYear.parse(asked)
        except ValueError:
            raise Http404 from None
    context = {
        "period": period,
        "periods": periods,
        "running": period == now,
        "parts": report(period),
        "made_at": clock.now(),
    }
    return page(request, "admin/suitability/self_check.html", context)
