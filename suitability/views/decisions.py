"""Why something suits or does not: the page of one kept decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.core import scope
from brokerage.users.models import Kind
from suitability.explaining import explain
from suitability.models import MatchRecord, Outcome


@login_required
@require_safe
def decision(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The customer's own decision in words; it never invites to insist."""
    if getattr(request.user, "kind", "") != Kind.CUSTOMER:
        raise Http404
    rows = MatchRecord.objects.select_related("item")
    record = scope.visible_or_404(rows, request.user, ref=ref)
    context = {"told": explain(record), "suits": record.outcome == Outcome.MATCH}
    return render(request, "suitability/decision.html", context)
