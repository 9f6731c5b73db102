"""A closed account ends what its customer had: permissions are revoked, applications refused."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions.events import PermissionRevoked
from accounts.permissions.selectors import has_active_account
from accounts.permissions.states import CASE_OPEN, HELD, CaseRefusal, Loss, PermissionStatus
from accounts.permissions.use_cases.send_permissions import send_withdrawals
from accounts.permissions.use_cases.steps import ACTOR, lock_case, refuse
from accounts.permissions.use_cases.suspending import move_held, tell_held
from brokerage.customers.models import Customer


def end_with_account(*, customer: Customer, at: datetime) -> int:
    """Revoke what a customer holds and refuse what runs, once no account is left to trade with.

    An account that is opened again later begins without permissions: none is revived unchecked.
    The counter closes the account itself; the register hears of each loss.

    Args:
        customer: whose account was closed. With another active account nothing changes.
        at: the instant. Again, it changes nothing.

    Returns:
        How many permissions and applications ended.
    """
    if has_active_account(customer):
        return 0
    ended = 0
    running = PermissionApplication.objects.of(customer).filter(status__in=CASE_OPEN)
    for case in running.order_by("pk"):
        with transaction.atomic():
            row = lock_case(case)
            if row.status in CASE_OPEN:
                refuse(row, CaseRefusal.CLOSED, at)
                ended += 1
    with transaction.atomic():
        held = TradingPermission.objects.select_for_update(of=("self",)).of(customer)
        for permission in held.filter(status__in=HELD).select_related("customer").order_by("pk"):
            permission.proposed_by, permission.note = None, ""
            move_held(permission, PermissionStatus.REVOKED, Loss.SHUT, at)
            tell_held(PermissionRevoked, permission, ACTOR, at, by=Loss.SHUT.value)
            send_withdrawals(permission=permission, at=at)
            ended += 1
    return ended
