"""The first page of an operator: what we agreed, and figures as counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.core import clock
from partners.models import Campaign, Dispute, Statement, WebhookEndpoint
from partners.selectors import counts_of_partner
from partners.states import Activity, DisputeStatus, StatementStatus, WebhookStatus
from partners.views.frame import Desk, for_operators


@require_safe
@for_operators(late=True)
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The contract, what it opens, and how many; never who."""
    contract, at = desk.contract, clock.now()
    context: dict[str, Any] = {"desk": desk, "to_dispute": _to_dispute(desk)}
    if contract is not None:
        assert contract.valid_to is not None  # each contract ends
        context |= {
            "last_day": contract.valid_to - timedelta(days=1),
            "activities": [Activity(each).label for each in contract.activities],
            "scopes": sorted(desk.scopes),
            "counts": counts_of_partner(desk.partner, at),
            "links": desk.partner.entry_links.count(),
            "leads": desk.partner.leads.count(),
            "running": Campaign.objects.filter(partner=desk.partner).living(at).count(),
            "webhooks": _webhooks(desk),
            "clients": desk.partner.clients.filter(suspended_at=None).count(),
        }
    return render(request, "partners/desk/overview.html", context)


def _webhooks(desk: Desk) -> dict[str, int]:
    rows = WebhookEndpoint.objects.filter(partner=desk.partner)
    return rows.aggregate(
        active=Count("pk", filter=Q(status=WebhookStatus.ACTIVE)),
        disabled=Count("pk", filter=Q(status=WebhookStatus.DISABLED)),
        failing=Count("pk", filter=Q(status=WebhookStatus.ACTIVE, failing_since__isnull=False)),
    )


def _to_dispute(desk: Desk) -> dict[str, int]:
    released = Statement.objects.filter(partner=desk.partner, status=StatementStatus.RELEASED)
    disputes = Dispute.objects.filter(partner=desk.partner, status=DisputeStatus.OPEN)
    return {
        "statements": released.count(),
        "disputable": released.filter(dispute_by__gte=clock.today()).count(),
        "disputes": disputes.count(),
    }
