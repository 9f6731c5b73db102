"""Who did not come: the rate of each outlet and purpose over the last weeks."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from branches.visits.desk.common import SEE, need, outlets_of
from branches.visits.selectors import no_show_rates
from brokerage.backoffice.frame import page
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.core.display.charts import Point

WEEKS = 13
SHOWN = 12


def missed_view(request: HttpRequest) -> HttpResponse:
    """A chart of the telling rates, and a table of all with their counts."""
    need(request, SEE)
    last = clock.today() - timedelta(days=1)
    first = last - timedelta(weeks=WEEKS)
    rates = no_show_rates(outlets_of(request), first=first, last=last)
    points = [
        Point(f"{one.unit}, {one.purpose}", one.rate.value * 100, formats.rate(one.rate.value))
        for one in rates
        if one.rate.value is not None
    ]
    context = {
        "rates": rates,
        "points": points[:SHOWN],
        "first": first,
        "last": last,
    }
    return page(request, "admin/visits/missed.html", context)
