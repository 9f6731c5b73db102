"""Losing a permission by somebody's will: given back, or revoked by two people of the firm.

Buying closes; selling and reducing stay open in every case.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import TradingPermission
from accounts.permissions.events import PermissionRevoked, RevocationProposed
from accounts.permissions.states import HELD, Loss, PermissionStatus
from accounts.permissions.use_cases.reviewing import DECIDES, PROPOSES, same_proposal
from accounts.permissions.use_cases.send_permissions import send_permissions, send_withdrawals
from accounts.permissions.use_cases.steps import UnableToGoOn
from accounts.permissions.use_cases.suspending import move_held, tell_held
from brokerage.core import roles
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.users.models import User


def give_back(*, permission: TradingPermission, actor: Actor, at: datetime) -> None:
    """The customer gives a permission back.

    Raises:
        UnableToGoOn: when it is not held.
    """
    with transaction.atomic():
        row = _held(permission)
        move_held(row, PermissionStatus.REVOKED, Loss.OWN, at)
        tell_held(PermissionRevoked, row, actor, at, by=Loss.OWN.value)
        _send(row, at)


def propose_revocation(
    *, permission: TradingPermission, note: str, officer: User, at: datetime
) -> None:
    """One person of the firm proposes to revoke it, and says why.

    Raises:
        UnableToGoOn: without the right, without a reason, or when it is not held.
    """
    if not roles.may(officer, PROPOSES):
        raise UnableToGoOn(_("You may not review this."))
    if not note.strip():
        raise UnableToGoOn(_("Say why."))
    with transaction.atomic():
        row = _held(permission)
        row.proposed_by, row.note = officer, note.strip()
        row.save()
        tell_held(RevocationProposed, row, Actor.of(officer), at)


def decide_revocation(
    *,
    permission: TradingPermission,
    agree: bool,
    officer: User,
    at: datetime,
    seen: str | None = None,
) -> None:
    """Another person decides: agreed, it is revoked; else it stays as it was.

    Args:
        permission: locked here.
        agree: whether it is revoked.
        officer: who decides.
        at: now.
        seen: as for `reviewing.decide`.

    Raises:
        UnableToGoOn: without the right, on one's own proposal, when none waits or another than
            was seen.
    """
    if not roles.may(officer, DECIDES):
        raise UnableToGoOn(_("You may not decide on this."))
    with transaction.atomic():
        row = _held(permission)
        if row.proposed_by_id is None:
            raise UnableToGoOn(_("Nothing is proposed."))
        same_proposal(row, seen)
        if row.proposed_by_id == officer.pk:
            raise UnableToGoOn(_("Another person has to decide."))
        if not agree:
            row.proposed_by, row.note = None, ""
            row.save()
            return
        row.revoked_by = officer
        move_held(row, PermissionStatus.REVOKED, Loss.FIRM, at)
        tell_held(PermissionRevoked, row, Actor.of(officer), at, by=Loss.FIRM.value)
        _send(row, at)


def _held(permission: TradingPermission) -> TradingPermission:
    row = lock_row(TradingPermission, permission.pk, "customer")
    if row.status not in HELD:
        raise UnableToGoOn(_("This permission is not held."))
    return row


def _send(row: TradingPermission, at: datetime) -> None:
    """Counter and register hear of a revocation."""
    send_permissions(customer=row.customer, at=at)
    send_withdrawals(permission=row, at=at)
