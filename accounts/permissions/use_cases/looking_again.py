"""Looking again, once the day comes from which a condition can be met."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import TradingPermission
from accounts.permissions.events import PermissionReachable
from accounts.permissions.hard_stops import hard_stops
from accounts.permissions.selectors import missing_now
from accounts.permissions.states import PermissionStatus
from accounts.permissions.use_cases.steps import ACTOR, stand
from accounts.permissions.use_cases.suspending import tell_held
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row


def look_again(*, permission: TradingPermission, at: datetime) -> bool:
    """Hold the conditions of a permission that somebody lacked against the facts of today.

    Args:
        permission: locked here; one that moved on meanwhile stays as it is.
        at: the instant. Again, it changes nothing.

    Returns:
        Whether the conditions are met now. Who could begin at once is told, by an event.
    """
    on = business_date(at)
    with transaction.atomic():
        row = lock_row(TradingPermission, permission.pk, "customer")
        if row.status != PermissionStatus.NOT_ELIGIBLE:
            return False
        gaps = missing_now(row.customer, row.key, on)
        stand(row, gaps, at)
        if gaps:
            return False
        if not hard_stops(row.customer, on):
            tell_held(PermissionReachable, row, ACTOR, at)
        return True
