"""Applications for permissions stay as long as other evidence of suitability."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import (
    PermissionApplication,
    PermissionProof,
    PermissionRelease,
    TestAttempt,
    TradingPermission,
)
from brokerage.core import clock
from brokerage.core.retention import Policy, Rows, delete, deleting, unneeded
from brokerage.files import api as files
from brokerage.journal.actors import Actor

OWNER = "accounts.permissionapplication"
ACTOR = Actor.system("accounts.retention")
KEPT = "accounts.PermissionProof:permission_proofs_are_kept"
_HELD_BY = {"customers.customer": "customer__ref"}


def ended_cases(before: datetime) -> Rows:
    """Applications that ended before `before`, of customers who left before it."""
    return PermissionApplication.objects.filter(
        ended_at__lt=before, customer__closed_at__lt=before
    )


def forget_cases(rows: Rows) -> int:
    """Delete applications with their attempts and releases; their files go, too."""
    files.dispose_of_owners(
        owner_type=OWNER,
        owner_refs=rows.values_list("ref", flat=True),
        actor=ACTOR,
        at=clock.now(),
        reason="kept long enough",
    )
    PermissionRelease.objects.filter(case__in=rows).delete()
    TestAttempt.objects.filter(application__in=rows).delete()
    return delete(rows)


def left_permissions(before: datetime) -> Rows:
    """Permissions of customers who left before `before`, once no application needs them."""
    return unneeded(TradingPermission.objects.filter(customer__closed_at__lt=before))


def old_proofs(before: datetime) -> Rows:
    """Proofs that were taken before `before`, of customers who left before it."""
    return PermissionProof.objects.filter(taken_at__lt=before, customer__closed_at__lt=before)


forget_proofs = deleting(KEPT)
POLICIES = (
    Policy(
        key="accounts.permission_cases",
        label=_("Applications for trading permissions"),
        rule="retention.suitability",
        due=ended_cases,
        held_by=_HELD_BY | {"accounts.permissionapplication": "ref"},
        dispose=forget_cases,
    ),
    Policy(
        key="accounts.permissions",
        label=_("Trading permissions of customers who left"),
        rule="retention.suitability",
        due=left_permissions,
        held_by=_HELD_BY,
    ),
    Policy(
        key="accounts.permission_proofs",
        label=_("Proofs for trading permissions"),
        rule="retention.suitability",
        due=old_proofs,
        held_by=_HELD_BY,
        dispose=forget_proofs,
    ),
)
