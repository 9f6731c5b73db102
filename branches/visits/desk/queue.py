"""Today's queue of an outlet: who is here, who comes, and one button for what is next."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.visits.desk.common import SEE, SERVE, may_plan, need, outlet_or_404, outlets_of
from branches.visits.desk.help import help_url
from branches.visits.figures import figures_on
from branches.visits.models import Purpose, Visit
from branches.visits.selectors import queue_of
from branches.visits.use_cases.receive_visitor import UnableToReceive, check_in, take_walk_in
from branches.visits.use_cases.serve_visitor import (
    UnableToServe,
    call_next,
    call_visitor,
    finish_visit,
    miss_visit,
    put_back,
    start_serving,
)
from branches.visits.views.lobby import lobby_url
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles
from brokerage.journal.actors import Actor

DESK = "visits_desk"
LONGEST_DESK = 12


def choose(request: HttpRequest) -> HttpResponse:
    """The outlets of this person; the only one is opened at once."""
    need(request, SEE)
    found = list(outlets_of(request)[:200])
    if len(found) == 1:
        return redirect("admin:branches_visit_queue", found[0].code)
    return page(request, "admin/visits/queues.html", {"outlets": found})


def queue_view(request: HttpRequest, outlet: str) -> HttpResponse:
    """The queue, and what the buttons of it do."""
    unit = outlet_or_404(request, outlet)
    if request.method == "POST":
        need(request, SERVE)
        _act(request, unit)
        return redirect("admin:branches_visit_queue", unit.code)
    at = clock.now()
    day = clock.business_date(at)
    queue = queue_of(unit, day=day, at=at, grace=figures_on(day).grace)
    context = {
        "unit": unit,
        "at": at,
        "queue": queue,
        "served": [(visit, help_url(visit)) for visit in queue.called],
        "purposes": Purpose.objects.order_by("position", "code"),
        "desk": request.session.get(DESK, ""),
        "may_serve": roles.may(request.user, SERVE),
        "may_plan": may_plan(request),
        "lobby_url": lobby_url(unit),
        "week_url": reverse("admin:branches_visit_week", args=[unit.code]),
        "me": user_of(request),
    }
    return page(request, "admin/visits/queue.html", context)


def _act(request: HttpRequest, unit: OrgUnit) -> None:
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    if "desk" in request.POST:
        request.session[DESK] = request.POST["desk"].strip()[:LONGEST_DESK]
    try:
        said = act(request, unit)
    except (UnableToServe, UnableToReceive) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)


def _visit(request: HttpRequest, unit: OrgUnit) -> Visit:
    """The visit that a button belongs to; another outlet's is not there."""
    try:
        ref = UUID(request.POST.get("visit", ""))
    except ValueError:
        raise Http404 from None
    found = Visit.objects.filter(unit=unit, ref=ref).first()
    if found is None:
        raise Http404
    return found


def _desk(request: HttpRequest) -> str:
    return str(request.session.get(DESK, ""))


def _next(request: HttpRequest, unit: OrgUnit) -> str:
    called = call_next(unit=unit, user=user_of(request), desk=_desk(request), at=clock.now())
    if called is None:
        return _("Nobody waits whom you can serve before your next visit.")
    return _("{ticket} is called.").format(ticket=called.ticket_text)


def _call(request: HttpRequest, unit: OrgUnit) -> str:
    visit = call_visitor(
        visit=_visit(request, unit), user=user_of(request), desk=_desk(request), at=clock.now()
    )
    return _("{ticket} is called.").format(ticket=visit.ticket_text)


def _back(request: HttpRequest, unit: OrgUnit) -> str:
    visit = put_back(visit=_visit(request, unit), user=user_of(request), at=clock.now())
    return _("{ticket} waits again.").format(ticket=visit.ticket_text)


def _start(request: HttpRequest, unit: OrgUnit) -> str:
    visit = start_serving(visit=_visit(request, unit), user=user_of(request), at=clock.now())
    return _("You serve {ticket}.").format(ticket=visit.ticket_text)


def _done(request: HttpRequest, unit: OrgUnit) -> str:
    visit = finish_visit(visit=_visit(request, unit), user=user_of(request), at=clock.now())
    return _("{ticket} is done.").format(ticket=visit.ticket_text)


def _missed(request: HttpRequest, unit: OrgUnit) -> str:
    actor = Actor.of(user_of(request))
    miss_visit(visit=_visit(request, unit), actor=actor, at=clock.now())
    return _("Noted: nobody came.")


def _arrive(request: HttpRequest, unit: OrgUnit) -> str:
    actor = Actor.of(user_of(request))
    visit = check_in(visit=_visit(request, unit), actor=actor, at=clock.now())
    return _("The ticket is {ticket}.").format(ticket=visit.ticket_text)


def _walk_in(request: HttpRequest, unit: OrgUnit) -> str:
    purpose = Purpose.objects.filter(code=request.POST.get("purpose", "")).first()
    if purpose is None:
        raise UnableToReceive(_("Choose what the visitor comes for."))
    visit = take_walk_in(
        unit=unit,
        purpose=purpose,
        priority=request.POST.get("priority") == "1",
        actor=Actor.of(user_of(request)),
        at=clock.now(),
    )
    return _("The ticket is {ticket}.").format(ticket=visit.ticket_text)


ACTS: dict[str, Callable[[HttpRequest, OrgUnit], str]] = {
    "next": _next,
    "call": _call,
    "back": _back,
    "start": _start,
    "done": _done,
    "missed": _missed,
    "arrive": _arrive,
    "walk_in": _walk_in,
}
