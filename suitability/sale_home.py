"""Tasks around a sale: recordings to be checked, calls to be made, concerns to be closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from suitability.models import DoubleRecording, SaleFollowUp
from suitability.selectors.rules import recording_rules_of

SHOWN = 20
PROMISE = timedelta(days=2)
"""So soon compliance should look at a concern."""


def recording_probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `recording_tasks`."""
    if not roles.may(user, "suitability.check_doublerecording"):
        return []
    rows = DoubleRecording.objects.to_be_checked().exclude(recorded_by=user)
    return [scope.visible(rows, user)]


def recording_tasks(user: Any, at: datetime) -> Iterator[Task]:
    """Whole recordings that this person may check, the oldest first: a customer waits."""
    within: dict[str, timedelta] = {}
    for rows in recording_probe(user, at):
        for row in rows.order_by("completed_at", "pk")[:SHOWN]:
            version = row.rule_version
            if version not in within:
                within[version] = recording_rules_of(version).check_within
            yield Task(
                title=_("Check a double recording"),
                url=reverse("admin:suitability_doublerecording_change", args=[row.ref]),
                action=_("Look at it"),
                started_at=row.completed_at,
                due_at=row.completed_at + within[version],
            )


def call_probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `call_tasks`."""
    if not roles.may(user, "suitability.change_salefollowup"):
        return []
    rows = SaleFollowUp.objects.waiting().exclude(seller=user)
    return [scope.visible(rows, user)]


def call_tasks(user: Any, at: datetime) -> Iterator[Task]:
    """Calls after sales, the one that is due first on top."""
    for rows in call_probe(user, at):
        for row in rows.order_by("due_at", "pk")[:SHOWN]:
            yield Task(
                title=_("Call a customer of the yearly sample")
                if row.year
                else _("Call a customer after a high-risk sale"),
                url=reverse("admin:suitability_salefollowup_change", args=[row.ref]),
                action=_("Call"),
                started_at=row.started_at,
                due_at=row.due_at,
            )


def concern_probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `concern_tasks`."""
    if not roles.may(user, "suitability.close_salefollowup"):
        return []
    return [scope.visible(SaleFollowUp.objects.escalated(), user)]


def concern_tasks(user: Any, at: datetime) -> Iterator[Task]:
    """What calls raised or could not reach, the oldest first."""
    for rows in concern_probe(user, at):
        for row in rows.order_by("due_at", "pk")[:SHOWN]:
            since = row.called_at or row.tried_at
            yield Task(
                title=_("A call after a sale raised a concern"),
                url=reverse("admin:suitability_salefollowup_change", args=[row.ref]),
                action=_("Look at it"),
                started_at=since,
                due_at=since + PROMISE,
            )
