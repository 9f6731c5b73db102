"""Questions about assessments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from brokerage.core.written import SOME_KEY, Written
from brokerage.customers.models import Customer
from brokerage.users.models import User
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


COUNTED_BEFORE = """
SELECT other.id FROM suitability_assessment AS other
WHERE other.customer_id = sheet.customer_id
    AND other.confirmed_at IS NOT NULL AND other.valid_until > %s
ORDER BY other.submitted_at DESC, other.id DESC LIMIT 1
"""
"""In a statement that writes the row `sheet`: as `counting_rows`, before it; takes the date."""


def counting_assessment(customer: Customer, on: date, *, paper: bool = True) -> Assessment | None:
    """The assessment that counts for `customer` on the business date `on`, or None.

    Args:
        customer: whose.
        on: a business date.
        paper: whether its questionnaire is looked at, too.
    """
    return (WITH_PAPER if paper else COUNTING).first(customer=customer.pk, on=on)


def _all_of(customer: int) -> AssessmentQuerySet:
    rows = Assessment.objects.filter(customer=customer).order_by("-submitted_at", "-pk")
    return rows.select_related("questionnaire").defer("questionnaire__value")


def _all_of_user(user: int) -> AssessmentQuerySet:
    rows = Assessment.objects.filter(customer__user=user).order_by("-submitted_at", "-pk")
    return rows.select_related("questionnaire", "customer").defer("questionnaire__value")


ALL, OF_USER = Written(_all_of, customer=SOME_KEY), Written(_all_of_user, user=SOME_KEY)


@dataclass(frozen=True)
class Papers:
    """All papers of one customer, the last submitted first: a handful, read by one statement."""

    rows: tuple[Assessment, ...]

    @classmethod
    def of(cls, customer: Customer) -> Papers:
        """Those of a customer."""
        return cls(tuple(ALL.load(customer=customer.pk)))

    @classmethod
    def of_user(cls, user: User) -> Papers:
        """Those of whoever signs in as `user`, each with its customer."""
        return cls(tuple(OF_USER.load(user=user.pk)))

    @property
    def open(self) -> Assessment | None:
        """The one that is being answered; at most one is."""
        return next((each for each in self.rows if not each.is_submitted), None)

    @property
    def submitted(self) -> list[Assessment]:
        """Those with a result."""
        return [each for each in self.rows if each.is_submitted]

    def unconfirmed(self, on: date) -> Assessment | None:
        """A result that waits for the customer's confirmation on the business date `on`."""
        return next((each for each in self._valid(on) if not each.is_confirmed), None)

    def counting(self, on: date) -> Assessment | None:
        """As `counting_assessment`."""
        return next((each for each in self._valid(on) if each.is_confirmed), None)

    def _valid(self, on: date) -> list[Assessment]:
        return [each for each in self.submitted if each.valid_until and each.valid_until > on]
