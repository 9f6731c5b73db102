"""Questions about assessments."""

from __future__ import annotations

from datetime import date
from typing import Any

from brokerage.core.written import SOME_KEY, Written
from brokerage.customers.models import Customer
from suitability.models import Assessment, AssessmentQuerySet


def counting_rows(customer: Any, on: Any) -> AssessmentQuerySet:
    """The one that counts on a business date, as rows; both arguments may be expressions."""
    rows = Assessment.objects.filter(customer=customer).counting_on(on)
    return rows.order_by("-submitted_at", "-pk")[:1]


def _with_paper(customer: int, on: date) -> AssessmentQuerySet:
    # the content is a large text that the process knows by its hash
    return (
        counting_rows(customer, on).select_related("questionnaire").defer("questionnaire__value")
    )


SAMPLES = {"customer": SOME_KEY, "on": date(1900, 1, 1)}
COUNTING, WITH_PAPER = Written(counting_rows, **SAMPLES), Written(_with_paper, **SAMPLES)


def counting_assessment(customer: Customer, on: date, *, paper: bool = True) -> Assessment | None:
    """The assessment that counts for `customer` on the business date `on`, or None.

    Args:
        customer: whose.
        on: a business date.
        paper: whether its questionnaire is looked at, too.
    """
    return (WITH_PAPER if paper else COUNTING).first(customer=customer.pk, on=on)


def unconfirmed_assessment(customer: Customer, on: date) -> Assessment | None:
    """A result that waits for the customer's confirmation, or None."""
    rows = Assessment.objects.of(customer).filter(
        submitted_at__isnull=False, confirmed_at=None, valid_until__gt=on
    )
    return rows.order_by("-submitted_at", "-pk").first()
