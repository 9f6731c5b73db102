"""What one view of a customer shows of opening and trading permissions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Application, TradingPermission
from accounts.permissions.states import HELD
from accounts.permissions.wording import labels
from brokerage.backoffice.overview import Fact, page_of
from brokerage.core import clock, scope
from brokerage.customers.models import Customer


def facts(customer: Customer, reader: Any, at: datetime) -> Iterator[Fact]:
    """The newest application and the permissions that are held; three queries."""
    applications = scope.visible(Application, reader).filter(customer=customer)
    if newest := applications.order_by("-created_at").first():
        yield Fact(
            label=_("application"),
            value=newest.get_status_display(),
            url=page_of(newest, reader),
        )
    held = scope.visible(TradingPermission, reader).filter(customer=customer, status__in=HELD)
    if found := list(held.order_by("key")):
        names = labels(clock.business_date(at))
        for row in found:
            yield Fact(
                label=names.get(row.key, row.key),
                value=row.get_status_display(),
                url=page_of(row, reader),
            )
