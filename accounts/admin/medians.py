"""The page of medians: what customers are told about the time of steps, and how far off it is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.review.medians import step_times
from brokerage.backoffice.frame import page
from brokerage.core import clock, roles
from brokerage.core.display.charts import Point

SEES = "accounts.view_application"
DAYS = 28


def medians_view(request: HttpRequest) -> HttpResponse:
    """Each step: promised, measured, error; a chart of the errors. For who sees applications."""
    if not roles.may(request.user, SEES):
        raise PermissionDenied
    end = clock.today()
    times = step_times(first=end - timedelta(days=DAYS), end=end)
    points = [
        Point(row.label, Decimal(row.error), _("{n} s").format(n=row.error))
        for row in times
        if row.error is not None
    ]
    context = {"times": times, "points": points, "days": DAYS}
    return page(request, "accounts/review/medians.html", context)
