"""Why something suits or does not: the page of one kept decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.core import clock
from brokerage.customers.own import own_or_404
from suitability.explaining import explain
from suitability.models import Disclosure, MatchRecord, Outcome
from suitability.use_cases.duties import duties_of


@login_required
@require_safe
def decision(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The customer's own decision in words; it never invites to insist."""
    record = own_or_404(MatchRecord.objects.select_related("item"), request, ref)
    suits = record.outcome == Outcome.MATCH
    begun = Disclosure.objects.filter(record=record).exists()
    # never offered on what does not suit: there it follows the customer's confirmed wish
    due = suits and record.decided_on == clock.today() and bool(duties_of(record))
    context = {"told": explain(record), "suits": suits, "tells": due or begun, "begun": begun}
    return render(request, "suitability/decision.html", context)
