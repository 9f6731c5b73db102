"""What follows when a later tax declaration counts, or was returned."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.tax_changes.events import DeclarationEvent, TaxDeclarationCounts
from accounts.use_cases.rate_customer import rate_customer
from accounts.use_cases.writing import find, find_with_person
from brokerage.messaging import send


def rate(event: TaxDeclarationCounts, entry: Any) -> None:
    """A tax residence abroad is a factor of the rating."""
    rate_customer(application=find(event.subject), at=entry.at)


def tell(event: DeclarationEvent, entry: Any) -> None:
    """Write to the customer; a second delivery of the same entry writes nothing."""
    application = find_with_person(event.subject)
    send(
        kind=event.kind,
        customer=application.customer,
        context={"link": reverse("accounts:tax_change", args=[application.ref])},
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )
