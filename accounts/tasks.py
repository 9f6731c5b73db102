"""Background work of this app."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import Application
from accounts.states import EDITABLE
from accounts.use_cases import expire_application
from brokerage.core import clock
from brokerage.core.jobs import schedule

DRAFTS_LIVE = timedelta(days=60)


@schedule("40 18 * * *")
def expire_drafts(timestamp: int) -> None:
    """End drafts and returned applications that nobody touched for sixty days."""
    at = clock.now()
    before = at - DRAFTS_LIVE
    rows = Application.objects.filter(status__in=EDITABLE, updated_at__lt=before)
    for application in rows.order_by("pk")[:5000]:
        expire_application(application=application, untouched_since=before, at=at)
