"""What an application tells of a person, for the contradictions of the suitability paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Section
from accounts.states import Step
from accounts.terms import Income
from brokerage.customers.models import Customer
from suitability import profiles

MOST = {
    Income.UNDER_100K: Decimal(100_000),
    Income.FROM_100K: Decimal(300_000),
    Income.FROM_300K: Decimal(500_000),
}
"""Upper end of each range of yearly income, in yuan. The open range has none."""


def register() -> None:
    """Called once when the app is ready."""
    profiles.facts.register("accounts", of)


def of(customer: Customer, on: date) -> Mapping[str, Any]:
    """The income that `customer` stated last, as a field of `contradictions.Profile`; one query.

    A range counts with its upper end: the doubt is the customer's, so only what no income of the
    range can explain is asked about. The open range, and a step that is not answered in full,
    tell nothing. Education and the first trade are asked in no step.
    """
    rows = Section.objects.done().filter(application__customer=customer, step=Step.PROFILE)
    newest = rows.order_by("-updated_at", "-pk").first()
    most = MOST.get(newest.answers.get("income", "")) if newest else None
    return {} if most is None else {"yearly_income": most}
