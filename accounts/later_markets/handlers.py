"""What follows when the depository answered about another market, and when it is decided."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.evidence.events import CheckAnswered
from accounts.evidence.states import CheckKind
from accounts.later_markets.events import WishEvent
from accounts.models import OutsideCheck
from accounts.terms import Market
from accounts.use_cases.go_on_with_market import take_counted, take_later_market
from accounts.use_cases.writing import find_with_person
from brokerage.core.display.languages import in_each_language
from brokerage.messaging import send


def take_answer(event: CheckAnswered, entry: Any) -> None:
    """The accounts are counted, or one was opened or refused."""
    check = OutsideCheck.objects.select_related("application").get(ref=event.check)
    if event.of_kind == CheckKind.LATER_HELD:
        take_counted(application=check.application, at=entry.at)
    else:
        take_later_market(
            application=check.application, facts=check.facts, refusal=check.refusal, at=entry.at
        )


def tell(event: WishEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = find_with_person(event.subject)
    send(
        kind=event.kind,
        customer=application.customer,
        context={
            "link": reverse("accounts:markets", args=[application.ref]),
            "market": in_each_language(lambda: str(Market(event.market).label)),
        },
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )
