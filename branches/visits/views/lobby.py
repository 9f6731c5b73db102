"""The screen in the lobby: ticket numbers and counters, nothing else about anybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from branches.models import OrgUnit
from branches.visits.figures import figures_on
from branches.visits.selectors import queue_of
from brokerage.core import clock
from brokerage.core.crypto import keyed_hash

SHOWN = 8
LENGTH = 24


def token_of(unit: OrgUnit) -> str:
    """What the address of the outlet's screen holds, so that it cannot be guessed."""
    return keyed_hash(str(unit.ref), purpose="branches.lobby")[:LENGTH]


def lobby_url(unit: OrgUnit) -> str:
    """The address of the outlet's screen."""
    return reverse("lobby:screen", args=[unit.code, token_of(unit)])


@require_safe
@never_cache
def lobby(request: HttpRequest, outlet: str, token: str) -> HttpResponse:
    """Who is called where, and who comes next. Renewed by itself, with or without scripts."""
    unit = OrgUnit.objects.filter(code=outlet).first()
    if unit is None or not constant_time_compare(token, token_of(unit)):
        raise Http404
    at = clock.now()
    day = clock.business_date(at)
    queue = queue_of(unit, day=day, at=at, grace=figures_on(day).grace)
    context = {
        "unit": unit,
        "at": at,
        "called": queue.called[:SHOWN],
        "waiting": queue.waiting[:SHOWN],
        "more": max(0, len(queue.waiting) - SHOWN),
        "wait": queue.wait,
        "url": request.path,
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "visits/lobby.html" if whole else "visits/_lobby.html", context)
