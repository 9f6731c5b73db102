"""The programs of the institution and their keys: a new secret with overlap, shown once."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from brokerage.core import clock, scope
from brokerage.users.stepup import is_fresh as proved_lately
from brokerage.users.stepup import redirect_to_step_up
from partners.models import ApiClient
from partners.use_cases import UnableToIssue, rotate_secret
from partners.use_cases.clients import OVERLAP
from partners.views.frame import Desk, for_operators


@require_safe
@for_operators()
def keys(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Each program with its living credentials, scopes and addresses."""
    rows = scope.visible(ApiClient, desk.user).prefetch_related("credentials").order_by("name")
    context = {"desk": desk, "clients": rows, "at": clock.now(), "days": OVERLAP.days}
    return render(request, "partners/desk/keys.html", context)


@require_POST
@for_operators()
@sensitive_variables("secret")
def rotate(request: HttpRequest, desk: Desk, ref: UUID) -> HttpResponse:
    """Make a second secret. The answer alone shows it: there is no page to come back to."""
    client = desk.own_or_404(ApiClient, ref)
    if not proved_lately(request, clock.now()):
        return redirect_to_step_up(request)
    try:
        secret = rotate_secret(api_client=client, actor=desk.actor, at=clock.now())
    except UnableToIssue as refusal:
        messages.error(request, str(refusal))
        return redirect("partners:keys")
    context = {"desk": desk, "client": client, "secret": secret, "days": OVERLAP.days}
    return render(request, "partners/desk/secret.html", context)
