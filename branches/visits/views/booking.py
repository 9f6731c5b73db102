"""Booking: why, where, when. A visitor may look at everything and signs in to take a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from branches.finder.outlets import outlets_for
from branches.models import OrgUnit
from branches.selectors import services_on
from branches.visits.selectors import FreeDay, first_free, free_times, purposes
from branches.visits.use_cases.hold_slot import UnableToHold, hold_slot
from branches.visits.views.asked import Asked, asked_by
from brokerage.core import clock
from brokerage.customers.selectors import customer_of
from brokerage.customers.use_cases import ensure_customer
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind

NEARBY = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The next question that is still open: the purpose, the outlet, the time."""
    asked = asked_by(request)
    if asked.purpose is None:
        return _choose_purpose(request, asked)
    if asked.outlet is None:
        return _choose_outlet(request, asked)
    if request.method == "POST" and asked.time:
        return _take(request, asked)
    if asked.time and not request.user.is_authenticated:
        return _sign_in(request, asked)
    return _choose_time(request, asked)


def _choose_purpose(request: HttpRequest, asked: Asked) -> HttpResponse:
    on = clock.today()
    given = list(purposes())
    if asked.outlet:
        services = {service.pk for service in services_on(asked.outlet, on)}
        given = [one for one in given if one.service_id in services]
    lines = [(one, asked.url(purpose=one.code)) for one in given]
    return render(request, "visits/purpose.html", {"lines": lines, "outlet": asked.outlet})


def _choose_outlet(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The customer's own outlet first, then those around it, each with its first free times."""
    assert asked.purpose is not None
    at = clock.now()
    home = _home_of(request)
    found = outlets_for(asked.purpose.service, clock.business_date(at), near=home)[:NEARBY]
    days = free_times(found, asked.purpose, at=at)
    lines = [
        {
            "outlet": unit,
            "is_home": home is not None and unit.pk == home.pk,
            "times": first_free(days.get(unit.pk, []), 1),
            "url": asked.url(outlet=unit.code),
        }
        for unit in found
    ]
    finder = {"service": asked.purpose.service.code}
    context = {
        "purpose": asked.purpose,
        "lines": lines,
        "finder_url": f"{reverse('branches:outlets')}?{urlencode(finder)}",
    }
    return render(request, "visits/outlet.html", context)


def _choose_time(request: HttpRequest, asked: Asked, error: Any = None) -> HttpResponse:
    assert asked.purpose is not None
    assert asked.outlet is not None
    at = clock.now()
    days = free_times([asked.outlet], asked.purpose, at=at).get(asked.outlet.pk, [])
    chosen = _shown_day(days, asked)
    context = {
        "asked": asked,
        "purpose": asked.purpose,
        "outlet": asked.outlet,
        "days": [(day, asked.url(day=day.day, time="")) for day in days if day.open],
        "chosen": chosen,
        "none": not any(day.times for day in days),
        "error": error,
        "is_customer": _is_customer(request),
        "other_purpose": asked.url(purpose="", time="", day=""),
        "other_outlet": asked.url(outlet="", time="", day=""),
        "last_day": days[-1].day if days else None,
    }
    return render(request, "visits/time.html", context, status=409 if error else 200)


def _take(request: HttpRequest, asked: Asked) -> HttpResponse:
    user: Any = request.user
    if not _is_customer(request):
        return _sign_in(request, asked)
    assert asked.purpose is not None
    assert asked.outlet is not None
    assert asked.time is not None
    at = clock.now()
    try:
        visit = hold_slot(
            customer=ensure_customer(user=user, at=at),
            unit=asked.outlet,
            purpose=asked.purpose,
            starts_at=asked.time,
            subject_ref=asked.subject,
            step=asked.step,
            actor=Actor.of(user),
            at=at,
        )
    except UnableToHold as error:
        return _choose_time(request, asked, error)
    return redirect(visit)


def _sign_in(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Lead to the log-in; whoever is signed in as somebody else would come back for ever."""
    if request.user.is_authenticated:
        raise PermissionDenied(_("Visits are booked by customers. Sign in with a mobile number."))
    return redirect(f"{reverse('account_login')}?{urlencode({'next': asked.url()})}")


def _is_customer(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.is_authenticated and user.kind == Kind.CUSTOMER)


def _home_of(request: HttpRequest) -> OrgUnit | None:
    customer = customer_of(request.user)
    if customer is None or customer.home_outlet_ref is None:
        return None
    return OrgUnit.objects.filter(ref=customer.home_outlet_ref).first()


def _shown_day(days: list[FreeDay], asked: Asked) -> FreeDay | None:
    """The day that was asked for, else the first with a free time, else the first open one."""
    wanted: date | None = asked.day or _date_of(asked.time)
    by_day = {day.day: day for day in days if day.open}
    if wanted in by_day:
        return by_day[wanted]
    return next((day for day in by_day.values() if day.times), next(iter(by_day.values()), None))


def _date_of(time: datetime | None) -> date | None:
    return clock.business_date(time) if time else None
