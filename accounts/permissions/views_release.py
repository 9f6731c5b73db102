"""Letting an outlet help with the open step of an application, and ending that again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.counter.states import ReleaseEnd
from accounts.models import PermissionApplication
from accounts.permissions.use_cases import releasing
from accounts.use_cases.release_codes import UnableToRelease
from accounts.views.frame import actor_of
from brokerage.core import clock
from brokerage.customers.own import own_or_404

END = "end"


@login_required
@require_POST
def release(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Make a code for an outlet, or end what the outlet may do."""
    found = own_or_404(PermissionApplication.objects.all(), request, ref)
    actor, at = actor_of(request), clock.now()
    if request.POST.get("act") == END:
        releasing.end(case=found, ended_by=ReleaseEnd.CUSTOMER, actor=actor, at=at)
        messages.success(request, _("Ended. The outlet sees nothing of your application now."))
        return redirect(found)
    try:
        releasing.offer(case=found, actor=actor, at=at)
    except UnableToRelease as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{found.get_absolute_url()}#outlet")
