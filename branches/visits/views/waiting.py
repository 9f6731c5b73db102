"""The wait-list of a customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches.visits.figures import figures_on
from branches.visits.models import WaitEntry
from branches.visits.use_cases.wait_list import UnableToWait, join_wait_list, leave_wait_list
from branches.visits.views.asked import asked_by
from brokerage.core import clock, scope
from brokerage.customers.use_cases import ensure_customer
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind


@login_required
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Wait for a time at an outlet, as far ahead as can be booked."""
    user: Any = request.user
    asked = asked_by(request)
    if user.kind != Kind.CUSTOMER or asked.purpose is None or asked.outlet is None:
        return redirect(asked.url())
    at = clock.now()
    today = clock.business_date(at)
    try:
        join_wait_list(
            customer=ensure_customer(user=user, at=at),
            unit=asked.outlet,
            purpose=asked.purpose,
            first_day=today,
            last_day=today + timedelta(days=figures_on(today).days_ahead),
            actor=Actor.of(user),
            at=at,
            subject_ref=asked.subject,
            step=asked.step,
        )
    except UnableToWait as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("You are on the wait-list. We write to you when a time is free.")
        )
    return redirect("visits:mine")


@login_required
@require_POST
def leave(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Leave a wait-list."""
    user: Any = request.user
    rows = WaitEntry.objects.filter(customer__user=user.pk)
    entry = scope.visible_or_404(rows, user, ref=ref)
    leave_wait_list(entry=entry, actor=Actor.of(user), at=clock.now())
    messages.success(request, _("You left the wait-list."))
    return redirect("visits:mine")
