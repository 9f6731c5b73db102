"""Log-ins that nobody uses, numbers given up and forgotten browsers do not stay."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core import retention
from brokerage.core.retention import Policy, Rows, unneeded
from brokerage.users.models import Device, Kind, PastPhone, User


def abandoned(before: datetime) -> Rows:
    """Customers' log-ins unused since `before` to which no record belongs any more."""
    unused = Q(last_login=None) | Q(last_login__lt=before)
    rows = User.objects.filter(unused, kind=Kind.CUSTOMER, created_at__lt=before)
    return unneeded(rows)


def _past_phones(before: datetime) -> Rows:
    return PastPhone.objects.filter(until__lt=before)


def _devices(before: datetime) -> Rows:
    return Device.objects.filter(last_seen_at__lt=before)


POLICIES = (
    Policy(
        key="users.past_phones",
        label=_("Numbers given up"),
        rule="retention.security_log",
        due=_past_phones,
        held_by={"users.user": "user__ref"},
    ),
    Policy(
        key="users.devices",
        label=_("Browsers that nobody uses"),
        rule="retention.devices",
        due=_devices,
        held_by={"users.user": "user__ref"},
    ),
    Policy(
        key="users.abandoned_log_ins",
        label=_("Log-ins without a customer"),
        rule="retention.drafts",
        due=abandoned,
        held_by={"users.user": "ref"},
    ),
)


def register() -> None:
    """Called once when the app is ready."""
    for policy in POLICIES:
        retention.register(policy)
