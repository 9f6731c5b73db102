"""Why something suits or does not: the page of one kept decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.customers.own import own_or_404
from suitability.explaining import explain
from suitability.models import MatchRecord, Outcome


@login_required
@require_safe
def decision(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The customer's own decision in words; it never invites to insist."""
    record = own_or_404(MatchRecord.objects.select_related("item"), request, ref)
    context = {"told": explain(record), "suits": record.outcome == Outcome.MATCH}
    return render(request, "suitability/decision.html", context)
