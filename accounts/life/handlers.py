"""What follows when something happened to the document of an account."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.events import AccountActivated
from accounts.evidence.events import CheckAnswered, CheckUnanswered, EvidenceEvent
from accounts.life.events import (
    AccountLimited,
    ClosingConfirmed,
    ClosingEvent,
    DocumentEnding,
    DocumentExpired,
)
from accounts.models import OutsideCheck
from accounts.use_cases.execute_closing import take_closed
from accounts.use_cases.watch_document import take_in_document
from accounts.use_cases.writing import find, find_with_person
from brokerage.messaging import send


def take_in(event: AccountActivated, entry: Any) -> None:
    """An account is active: from now on somebody watches its document."""
    take_in_document(application=find(event.subject), at=entry.at)


def tell(event: EvidenceEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = find_with_person(event.subject)
    page = "accounts:close" if isinstance(event, ClosingEvent) else "accounts:renew"
    context: dict[str, Any] = {"link": reverse(page, args=[application.ref])}
    if isinstance(event, ClosingConfirmed):
        context["due_at"] = event.due_at
    if isinstance(event, DocumentEnding | DocumentExpired | AccountLimited):
        context["valid_to"] = event.valid_to
    send(
        kind=event.kind,
        customer=application.customer,
        context=context,
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def go_on_closing(event: CheckAnswered | CheckUnanswered, entry: Any) -> None:
    """Depository or bank answered about a closing, or nobody did: go on, or say what is wrong."""
    check = OutsideCheck.objects.select_related("application").get(ref=event.check)
    take_closed(
        application=check.application,
        kind=event.of_kind,
        result=event.result if isinstance(event, CheckAnswered) else "",
        facts=check.facts,
        at=entry.at,
    )
