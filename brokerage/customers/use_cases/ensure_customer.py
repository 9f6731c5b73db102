"""A customer log-in gets its customer record, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from brokerage.core.saving import insert_once
from brokerage.customers.events import CustomerRegistered
from brokerage.customers.models import Customer
from brokerage.customers.selectors import customer_of
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import Kind, User


def ensure_customer(*, user: User, at: datetime) -> Customer:
    """The customer of this log-in; made and journalled on the first call.

    Raises:
        ValueError: when the log-in is not a customer's (a mistake of the caller).
    """
    if known := customer_of(user):
        return known
    with transaction.atomic():
        made = register_customer(user=user, at=at)
    return made or Customer.objects.get(user=user)


def register_customer(*, user: User, at: datetime) -> Customer | None:
    """Make the customer of a log-in that has none, within the caller's transaction.

    Returns:
        A customer of whom nobody else knows yet; None where another request was quicker.

    Raises:
        ValueError: as `ensure_customer`.
    """
    if user.kind != Kind.CUSTOMER:
        raise ValueError("Only a customer's log-in has a customer record.")
    customer = Customer(user=user, created_at=at, language=user.language or "zh-hans")
    if not insert_once(customer, "user"):
        return None
    record(
        CustomerRegistered(subject=customer.ref, user_ref=user.ref), actor=Actor.of(user), at=at
    )
    return customer
