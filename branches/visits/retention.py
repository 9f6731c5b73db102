"""Visits go some years after their end."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from branches.visits.models import BlockedTime, Visit, WaitEntry
from brokerage.core.retention import Policy, Rows, unneeded

RULE = "retention.visits"


def ended_waits(before: datetime) -> Rows:
    """Entries of the wait-list that ended before `before`."""
    return WaitEntry.objects.filter(ended_at__lt=before)


def ended_visits(before: datetime) -> Rows:
    """Visits that ended before `before`; one that a wait-list names goes after its entry."""
    return unneeded(Visit.objects.filter(ended_at__lt=before))


def past_blocks(before: datetime) -> Rows:
    """Blocked times that lie before `before`."""
    return BlockedTime.objects.filter(ends_at__lt=before)


POLICIES = (
    Policy(
        key="branches.wait_list",
        label=_("Wait-lists of outlets"),
        rule=RULE,
        due=ended_waits,
        held_by={"branches.waitentry": "ref", "customers.customer": "customer__ref"},
    ),
    Policy(
        key="branches.visits",
        label=_("Visits to outlets"),
        rule=RULE,
        due=ended_visits,
        held_by={"branches.visit": "ref", "customers.customer": "customer__ref"},
    ),
    Policy(
        key="branches.blocked_times",
        label=_("Blocked time of outlets"),
        rule=RULE,
        due=past_blocks,
        held_by={"branches.blockedtime": "ref"},
    ),
)
