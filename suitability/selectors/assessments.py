"""Questions about assessments."""

from __future__ import annotations

from datetime import date

from brokerage.customers.models import Customer
from suitability.models import Assessment


def counting_assessment(customer: Customer, on: date) -> Assessment | None:
    """The assessment that counts for `customer` on the business date `on`, or None."""
    rows = Assessment.objects.of(customer).counting_on(on).select_related("questionnaire")
    return rows.order_by("-submitted_at", "-pk").first()


def unconfirmed_assessment(customer: Customer, on: date) -> Assessment | None:
    """A result that waits for the customer's confirmation, or None."""
    rows = Assessment.objects.of(customer).filter(
        submitted_at__isnull=False, confirmed_at=None, valid_until__gt=on
    )
    return rows.order_by("-submitted_at", "-pk").first()
