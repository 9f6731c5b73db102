"""In the sandbox the counter opens a margin account for whoever may trade on margin, and knows who
may trade what needs a permission.

A real counter does so by itself once it knows of the permission, and its list of accounts brings
it here (docs/holdings.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid5

from accounts.models import TradingPermission
from accounts.permissions.standing import MARGIN
from accounts.permissions.states import HELD, PermissionStatus
from holdings.gateways.played import (
    PlayedAccount,
    PlayedRight,
    opened_at_the_counter,
    rights_at_the_counter,
)
from holdings.states import AccountKind

SPACE = UUID("2f0d9c0c-6a0e-4f0b-9d2c-6b7f3c1d5e22")


def margin_accounts(day: date) -> Iterator[PlayedAccount]:
    """The margin accounts of everybody who may trade on margin on the business date `day`."""
    granted = TradingPermission.objects.usable_on(day).filter(key=MARGIN)
    for row in granted.select_related("customer").order_by("pk"):
        assert row.effective_on is not None
        yield PlayedAccount(
            ref=uuid5(SPACE, str(row.customer.ref)),
            customer=row.customer.ref,
            kind=AccountKind.MARGIN,
            opened_on=row.effective_on,
        )


def rights(day: date) -> Iterator[PlayedRight]:
    """Permissions that count on the day; who lost one still holds what they bought."""
    rows = TradingPermission.objects.filter(
        status__in=(*HELD, PermissionStatus.REVOKED), effective_on__lte=day
    )
    for row in rows.select_related("customer").order_by("pk"):
        assert row.effective_on is not None
        yield PlayedRight(customer=row.customer.ref, key=row.key, since=row.effective_on)


def register() -> None:
    """Called once when the app is ready."""
    rights_at_the_counter.register("accounts.permissions", rights)
    opened_at_the_counter.register("accounts.margin", margin_accounts)
