"""Openings that only staff can bring on, in the task home of operations and reviewers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Application
from accounts.standing.selectors import in_trouble
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope

ASKS = "accounts.ask_again_outsidecheck"
LIMIT = 50


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """One for each opening that waits for nobody but us, the oldest first."""
    if not roles.may(user, ASKS):
        return
    for row in _rows(user).select_related("outlet").order_by("stage_since", "pk")[:LIMIT]:
        yield Task(
            title=_("Opening that is stuck"),
            detail=f"{row} · {row.outlet} · {row.get_status_display()}",
            url=reverse("admin:accounts_application_change", args=[row.ref]),
            action=_("See why"),
            started_at=row.stage_since,
        )


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    return [_rows(user)] if roles.may(user, ASKS) else []


def _rows(user: Any) -> QuerySet[Application]:
    return in_trouble(scope.visible(Application, user))
