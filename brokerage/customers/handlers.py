"""What customers do when something happened in a lower app. Each handler may run twice."""

from __future__ import annotations

from brokerage.customers.use_cases import ensure_customer
from brokerage.journal.models import Entry
from brokerage.users.events import SignedUp
from brokerage.users.models import Kind, User


def make_customer(event: SignedUp, entry: Entry) -> None:
    """A new customer log-in gets its customer record."""
    user = User.objects.filter(ref=event.subject, kind=Kind.CUSTOMER).first()
    if user is not None:
        ensure_customer(user=user, at=entry.at)
