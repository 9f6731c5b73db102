"""A customer's visits: the list, one visit, and what can be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.models.names import names_then
from branches.selectors import profile_on
from branches.visits.models import Visit, WaitEntry
from branches.visits.rules.calendar_file import CalendarEvent, calendar_file
from branches.visits.selectors import free_times, queue_place
from branches.visits.states import AHEAD, IN_QUEUE, ON_LIST, Status
from branches.visits.use_cases.book_visit import UnableToBook, book_visit, confirm_visit
from branches.visits.use_cases.cancel_visit import UnableToCancel, cancel_visit
from branches.visits.use_cases.locking import ChangedMeanwhile
from branches.visits.use_cases.move_visit import UnableToMove, move_visit
from branches.visits.views.asked import Asked, asked_by
from branches.visits.wording import bring_list
from brokerage.core import clock, scope
from brokerage.customers.selectors import customer_of
from brokerage.journal.actors import Actor

PAST = 10
READ_OR_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """What lies ahead, what one waits for, and the last visits."""
    customer = customer_of(request.user)
    at = clock.now()
    mine = Visit.objects.none()
    waiting = WaitEntry.objects.none()
    if customer is not None:
        mine = Visit.objects.of(customer).select_related("unit", "purpose", "host")
        mine = mine.annotate(**names_then("unit", "day"))
        waiting = WaitEntry.objects.filter(customer=customer, status__in=ON_LIST)
    ahead = mine.filter(status__in=[Status.HELD, *AHEAD, *IN_QUEUE])
    past = mine.filter(status__in=[Status.DONE, Status.NO_SHOW, Status.CANCELLED])
    context = {
        "at": at,
        "ahead": ahead.exclude(held_until__lte=at).order_by("day", "starts_at", "pk"),
        "waiting": waiting.select_related("unit", "purpose", "visit").order_by("created_at"),
        "past": past.order_by("-day", "-pk")[:PAST],
    }
    return render(request, "visits/mine.html", context)


@login_required
@require_safe
def visit(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One visit: to be booked, ahead, in the queue or over."""
    found = _mine(request, ref)
    at = clock.now()
    context = {
        "visit": found,
        "at": at,
        "place": profile_on(found.unit, found.day),
        "again_url": _again(found),
        "place_in_queue": queue_place(found, at) if found.status == Status.CHECKED_IN else None,
        "may_confirm": found.status == Status.BOOKED,
        "is_lost": found.status == Status.EXPIRED
        or (
            found.held_until is not None and found.starts_at is not None and found.starts_at <= at
        ),
    }
    return render(request, "visits/visit.html", context)


@login_required
@require_POST
def book(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Take the held time."""
    return _act(request, ref, book_visit, _("Your visit is booked."))


@login_required
@require_POST
def confirm(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Say again that one comes."""
    return _act(request, ref, confirm_visit, _("Thank you. We expect you."))


@login_required
@READ_OR_WRITE
def change(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Choose another time at the same outlet."""
    found = _mine(request, ref)
    if not found.is_ahead:
        return redirect(found)
    asked, at, error = asked_by(request), clock.now(), ""
    if request.method == "POST" and asked.time:
        try:
            move_visit(
                visit=found,
                starts_at=asked.time,
                sequence=_number(request.POST.get("sequence", "")),
                actor=_actor(request),
                at=at,
            )
        except (UnableToMove, ChangedMeanwhile) as refused:
            error = str(refused)
            found.refresh_from_db()
        else:
            messages.success(request, _("Your visit has a new time."))
            return redirect(found)
    days = free_times([found.unit], found.purpose, at=at, ignoring=found.pk)
    open_days = [day for day in days.get(found.unit_id, []) if day.open]
    wanted = asked.day or found.day
    chosen = next((day for day in open_days if day.day == wanted), next(iter(open_days), None))
    context = {"visit": found, "days": open_days, "chosen": chosen, "error": error}
    return render(request, "visits/change.html", context, status=409 if error else 200)


@login_required
@READ_OR_WRITE
def cancel(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Ask once, then cancel."""
    found = _mine(request, ref)
    if request.method == "POST":
        try:
            cancel_visit(visit=found, actor=_actor(request), at=clock.now())
        except UnableToCancel as error:
            messages.error(request, str(error))
            return redirect(found)
        messages.success(request, _("Your visit is cancelled. The time is free for others."))
        return redirect("visits:mine")
    if found.status not in (Status.HELD, *AHEAD, Status.CHECKED_IN):
        return redirect(found)
    return render(request, "visits/cancel.html", {"visit": found})


@login_required
@require_safe
def calendar(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The visit for the calendar of a phone."""
    found = _mine(request, ref)
    if found.starts_at is None or found.ends_at is None or found.status == Status.HELD:
        return redirect(found)
    place = profile_on(found.unit, found.day)
    event = CalendarEvent(
        uid=found.ref,
        sequence=found.sequence + (1 if found.status == Status.CANCELLED else 0),
        made_at=clock.now(),
        start=found.starts_at,
        end=found.ends_at,
        title=_("{purpose}, {outlet}").format(purpose=found.purpose.name, outlet=found.unit.name),
        place=place.address if place else found.unit.name,
        note=_("Please bring: {things}").format(things=bring_list(found)),
        url=request.build_absolute_uri(found.get_absolute_url()),
        domain=request.get_host().partition(":")[0],
        position=(str(place.lat), str(place.lon)) if place and place.lat is not None else None,
        cancelled=found.status == Status.CANCELLED,
    )
    answer = HttpResponse(calendar_file(event), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return answer


def _act(request: HttpRequest, ref: UUID, act: Any, said: str) -> HttpResponse:
    found = _mine(request, ref)
    try:
        act(visit=found, actor=_actor(request), at=clock.now())
    except UnableToBook as error:
        messages.error(request, str(error))
        return redirect(_again(found))
    messages.success(request, said)
    return redirect(found)


def _again(visit: Visit) -> str:
    """The booking page with everything but the time."""
    wish = Asked(
        purpose=visit.purpose, outlet=visit.unit, subject=visit.subject_ref, step=visit.step
    )
    return wish.url()


def _mine(request: HttpRequest, ref: UUID) -> Visit:
    rows = Visit.objects.select_related("unit", "purpose__service", "host", "room", "customer")
    rows = rows.annotate(**names_then("unit", "day"))
    return scope.visible_or_404(rows.filter(customer__user=request.user.pk), request.user, ref=ref)


def _actor(request: HttpRequest) -> Actor:
    user: Any = request.user
    return Actor.of(user)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else -1
