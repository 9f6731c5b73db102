"""What follows when a bank answered about a link."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.banking.events import LinkEvent
from accounts.evidence.events import CheckAnswered, CheckUnanswered
from accounts.evidence.states import CheckKind
from accounts.models import Application, OutsideCheck
from accounts.use_cases.change_bank import take_link_state, take_relink
from brokerage.messaging import send


def take_answer(event: CheckAnswered | CheckUnanswered, entry: Any) -> None:
    """The bank answered about a change or a completion, or nobody did for too long."""
    check = OutsideCheck.objects.select_related("application").get(ref=event.check)
    result = event.result if isinstance(event, CheckAnswered) else ""
    if event.of_kind == CheckKind.RELINK:
        take_relink(application=check.application, result=result, facts=check.facts, at=entry.at)
    elif result:  # without an answer the nightly job asks anew
        bank = str(check.asks["bank"])
        take_link_state(application=check.application, bank=bank, result=result, at=entry.at)


def tell(event: LinkEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = Application.objects.select_related("customer__user").get(ref=event.subject)
    send(
        kind=event.kind,
        customer=application.customer,
        context={"link": reverse("accounts:bank", args=[application.ref])},
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )
