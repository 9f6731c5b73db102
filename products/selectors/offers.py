"""To whom nothing may be suggested now, and why: of one who asks, or of a thousand at night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from brokerage.core.written import any_of
from brokerage.customers.models import Customer
from brokerage.reference.models import LegalHold
from products.models import Complaint, Offer
from products.states import ComplaintStatus


class Closed(StrEnum):
    """Why nothing may be suggested to somebody now."""

    CONSENT = "consent"
    COMPLAINT = "complaint"
    HOLD = "hold"
    SILENCE = "silence"
    OFTEN = "often"
    ASSESSMENT = "assessment"


def closed_to_offers(customers: Sequence[int], on: date, every: int) -> dict[int, Closed]:
    """Who complained and waits for the answer, is under a hold, or got a suggestion lately.

    Args:
        customers: keys.
        on: business date.
        every: one suggestion in so many days.

    Returns:
        By key the first of these reasons; three queries.
    """
    complaints = Complaint.objects.filter(
        any_of("customer", customers), status=ComplaintStatus.RECEIVED
    )
    holds = LegalHold.objects.holding().filter(subject_type="customers.customer")
    held = Customer.objects.filter(any_of("pk", customers), ref__in=holds.values("subject_ref"))
    lately = Offer.objects.filter(
        any_of("customer", customers), on__gt=on - timedelta(days=every), product__isnull=False
    )
    return {
        **dict.fromkeys(lately.values_list("customer", flat=True), Closed.OFTEN),
        **dict.fromkeys(held.values_list("pk", flat=True), Closed.HOLD),
        **dict.fromkeys(complaints.values_list("customer", flat=True), Closed.COMPLAINT),
    }
