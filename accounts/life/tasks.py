"""Background entry points of an account's life: load, one call."""

from __future__ import annotations

from accounts.life.dated import expiry_terms
from accounts.life.selectors import accounts_without_document, documents_to_look_at
from accounts.life.states import ClosingStatus
from accounts.models import Closing
from accounts.use_cases.execute_closing import begin_closing
from accounts.use_cases.watch_document import take_in_document, watch_document
from brokerage.core import clock
from brokerage.core.jobs import schedule

AT_ONCE = 5000


@schedule("*/20 1-9 * * *")  # from 09:00 to 17:40 in Shanghai, so that nobody is woken
def watch_documents(timestamp: int) -> None:
    """Look once a day at every document whose ladder has begun; the rest of the stock waits."""
    at = clock.now()
    for application in accounts_without_document()[:AT_ONCE]:
        take_in_document(application=application, at=at)
    on = clock.business_date(at)
    for document in documents_to_look_at(on, expiry_terms(on))[:AT_ONCE]:
        watch_document(document=document, at=at)


@schedule("* * * * *")
def begin_closings(timestamp: int) -> None:
    """Begin the closings that nobody can take back any more, and those that waited for one."""
    at = clock.now()
    rows = Closing.objects.filter(status=ClosingStatus.CONFIRMED, begins_at__lte=at)
    for closing in rows.select_related("application").order_by("begins_at", "pk")[:200]:
        begin_closing(closing=closing, at=at)
