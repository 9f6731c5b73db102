"""Disputes about openings that somebody has to answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import OpeningDispute
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope

ANSWERS = "accounts.change_openingdispute"
LIMIT = 50


def disputes(user: Any, at: datetime) -> Iterable[Task]:
    """Disputes that this person may answer, by their clock."""
    rows = _to_answer(user).select_related("credit__application").order_by("due_at", "pk")
    for row in rows[:LIMIT]:
        yield Task(
            title=_("Dispute about an opening: {row}").format(row=row),
            url=reverse("admin:accounts_openingdispute_change", args=[row.ref]),
            action=_("Answer"),
            started_at=row.raised_at,
            due_at=row.due_at,
        )


def probe(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `disputes`."""
    return [_to_answer(user)]


def _to_answer(user: Any) -> QuerySet[OpeningDispute]:
    if not roles.may(user, ANSWERS):
        return OpeningDispute.objects.none()
    rows = OpeningDispute.objects.filter(answered_at=None).exclude(raised_by=user)
    return scope.visible(rows, user)
