"""What an application tells of a person, for the contradictions of the suitability paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Application, Section
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
    profiles.outlets.register("accounts", brought_by)


def of(customer: Customer, on: date) -> Mapping[str, Any]:
    """Income and education that `customer` stated last, for `contradictions.Profile`; one query.

    A range counts with its upper end: the doubt is the customer's, so only what no income of the
    range can explain is asked about. The open range, a step that is not answered in full, and
    answers from before education was asked tell nothing; the first trade comes from the permissions.
    """
    rows = Section.objects.done().filter(application__customer=customer, step=Step.PROFILE)
    newest = rows.order_by("-updated_at", "-pk").first()
    stated = newest.answers if newest else {}
    found: dict[str, Any] = {}
    if (most := MOST.get(stated.get("income", ""))) is not None:
        found["yearly_income"] = most
    if education := stated.get("education"):
        found["education"] = education
    return found


def brought_by(customer: Customer, on: date) -> UUID | None:
    """The institution by whose link the newest application of `customer` began, if any."""
    rows = Application.objects.filter(customer=customer, origin_ref__isnull=False)
    return rows.order_by("-pk").values_list("origin_ref", flat=True).first()
