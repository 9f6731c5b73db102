"""Keeping the holdings of an account from now on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from holdings.events import AccountKept
from holdings.models import Account
from holdings.states import AccountKind


@transaction.atomic
def open_account(
    *, customer: Customer, ref: UUID, kind: AccountKind, actor: Actor, at: datetime
) -> Account:
    """Keep what the trading counter reports of an account. Again, it changes nothing.

    Args:
        customer: whose account it is.
        ref: under which the counter knows it.
        kind: ordinary or margin.
        actor: who opened it.
        at: the instant.
    """
    opened_on = business_date(at)
    account, made = Account.objects.get_or_create(
        ref=ref, defaults={"customer": customer, "kind": kind, "opened_on": opened_on}
    )
    if made:
        event = AccountKept(subject=account.ref, customer=customer.ref, account_kind=kind)
        record(event, actor=actor, at=at)
    return account
