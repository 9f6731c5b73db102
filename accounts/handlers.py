"""What follows when something happened to an application."""

from __future__ import annotations

from typing import Any

from accounts.events import (
    ApplicationApproved,
    ApplicationEvent,
    ApplicationResubmitted,
    ApplicationSubmitted,
)
from accounts.evidence.events import CheckAnswered, PackSealed
from accounts.evidence.states import CheckKind
from accounts.models import Application, OutsideCheck
from accounts.use_cases import begin_opening, take_link, take_opened
from brokerage.messaging import send


def tell_customer(event: ApplicationEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = Application.objects.select_related("customer__user").get(ref=event.subject)
    context = {"link": application.get_absolute_url()}
    if isinstance(event, ApplicationSubmitted | ApplicationResubmitted):
        assert application.promised_at is not None
        context["promised_at"] = application.promised_at.isoformat()
    send(
        kind=event.kind,
        customer=application.customer,
        context=context,
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def open_accounts(event: ApplicationApproved | PackSealed, entry: Any) -> None:
    """Approved or sealed, whichever comes last: ask for the accounts."""
    begin_opening(application=Application.objects.get(ref=event.subject), at=entry.at)


def take_accounts(event: CheckAnswered, entry: Any) -> None:
    """The depository or the bank answered about accounts that were asked for."""
    if event.of_kind not in (CheckKind.OPENING, CheckKind.LINK):
        return
    application = Application.objects.get(ref=event.subject)
    if event.of_kind == CheckKind.LINK:
        take_link(application=application, result=event.result, at=entry.at)
        return
    facts = OutsideCheck.objects.get(ref=event.check).facts
    if facts:
        take_opened(application=application, facts=facts, at=entry.at)
