"""What applications and accounts tell of a person to suitability: its paper, its yearly sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery

from accounts.life.states import DocumentStatus
from accounts.models import (
    Application,
    CashAccount,
    IdDocument,
    PermissionApplication,
    Section,
)
from accounts.permissions.standing import told_of_trades
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


def _brought(customer: Any) -> Any:
    rows = Application.objects.filter(customer=customer, origin_ref__isnull=False)
    return rows.only("origin_ref").order_by("-pk")[:1]


def _profile(customer: int) -> Any:
    """The newest step in which they stated it, with what else would be asked one by one."""
    rows = Section.objects.done().filter(application__customer=customer, step=Step.PROFILE)
    own = OuterRef("application__customer")
    asked = PermissionApplication.objects.filter(customer=own, first_trade_asked_at__isnull=False)
    return rows.annotate(
        register_asked=Exists(asked), origin=Subquery(_brought(own).values("origin_ref"))
    ).order_by("-updated_at", "-pk")[:1]


PROFILE: Written[Section] = Written(_profile, customer=SOME_KEY)
BROUGHT: Written[Application] = Written(_brought, customer=SOME_KEY)


def register() -> None:
    """Called once when the app is ready."""
    profiles.facts.register("accounts", of)
    sampling.resting.register("accounts", resting)


def of(customer: Customer, on: date) -> Mapping[str, Any]:
    """What `customer` stated last, the first trade that the depository told, and who brought them.

    One query for who stated their profile and has no register's answer, as in an opening. A range
    of income counts with its upper end: the doubt is the customer's, so only what no income of
    the range can explain is asked about. The open range, a step that is not answered in full, and
    answers from before education was asked tell nothing.
    """
    newest: Any = PROFILE.first(customer=customer.pk)
    stated = newest.answers if newest else {}
    found: dict[str, Any] = {}
    if (most := MOST.get(stated.get("income", ""))) is not None:
        found["yearly_income"] = most
    if education := stated.get("education"):
        found["education"] = education
    if newest is None or newest.register_asked:
        found |= told_of_trades(customer, on)
    return found | {"brought_by": newest.origin if newest else _brought_by(customer)}


def _brought_by(customer: Customer) -> UUID | None:
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
