"""What applications and accounts tell of a person to suitability: its paper, its yearly sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.life.states import DocumentStatus
from accounts.models import Application, CashAccount, IdDocument, Section
from accounts.states import CashStatus, Step
from accounts.terms import Income
from brokerage.core.written import SOME_KEY, Written
from brokerage.customers.models import Customer
from suitability import profiles, sampling

MOST = {
    Income.UNDER_100K: Decimal(100_000),
    Income.FROM_100K: Decimal(300_000),
    Income.FROM_300K: Decimal(500_000),
}
"""Upper end of each range of yearly income, in yuan. The open range has none."""


def _profile(customer: int) -> Any:
    rows = Section.objects.done().filter(application__customer=customer, step=Step.PROFILE)
    return rows.order_by("-updated_at", "-pk")[:1]


def _brought(customer: int) -> Any:
    rows = Application.objects.filter(customer=customer, origin_ref__isnull=False)
    return rows.only("origin_ref").order_by("-pk")[:1]


PROFILE: Written[Section] = Written(_profile, customer=SOME_KEY)
BROUGHT: Written[Application] = Written(_brought, customer=SOME_KEY)


def register() -> None:
    """Called once when the app is ready."""
    profiles.facts.register("accounts", of)
    profiles.outlets.register("accounts", brought_by)
    sampling.resting.register("accounts", resting)


def of(customer: Customer, on: date) -> Mapping[str, Any]:
    """Income and education that `customer` stated last, for `contradictions.Profile`; one query.

    A range counts with its upper end: the doubt is the customer's, so only what no income of the
    range can explain is asked about. The open range, a step that is not answered in full, and
    answers from before education was asked tell nothing. The permissions tell the first trade.
    """
    newest = PROFILE.first(customer=customer.pk)
    stated = newest.answers if newest else {}
    found: dict[str, Any] = {}
    if (most := MOST.get(stated.get("income", ""))) is not None:
        found["yearly_income"] = most
    if education := stated.get("education"):
        found["education"] = education
    return found


def brought_by(customer: Customer, on: date) -> UUID | None:
    """The institution by whose link the newest application of `customer` began, if any."""
    newest = BROUGHT.first(customer=customer.pk)
    return newest.origin_ref if newest else None


def resting() -> Iterator[int]:
    """Keys of customers whose account is closed with no other in use, or limited now."""
    used = CashAccount.objects.exclude(status=CashStatus.CLOSED).values("customer")
    closed = CashAccount.objects.filter(status=CashStatus.CLOSED).exclude(customer__in=used)
    yield from closed.values_list("customer_id", flat=True)
    limited = IdDocument.objects.filter(status=DocumentStatus.LIMITED)
    yield from limited.values_list("application__customer_id", flat=True)
