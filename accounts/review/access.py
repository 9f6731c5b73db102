"""Who sees second looks and skills, and what the task home shows of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import BlindReview
from accounts.review.states import BlindStatus
from branches.access import in_units_of
from brokerage.backoffice.tasks import Task, register_source
from brokerage.core import data_export, roles, scope
from brokerage.core.roles import Role

LOOKS = "accounts.answer_blindreview"
LIMIT = 20


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register("accounts.BlindReview", Role.REVIEWER, to_look_at)
    scope.register_readers("accounts.BlindReview", Role.HEAD_OFFICE, *sorted(roles.READERS))
    roles.allow(Role.REVIEWER, "accounts.view_blindreview", LOOKS)
    for role in (Role.HEAD_OFFICE, *sorted(roles.READERS)):
        roles.allow(role, "accounts.view_blindreview", "accounts.view_reviewskill")
    scope.register_readers("accounts.ReviewSkill", Role.HEAD_OFFICE, *sorted(roles.READERS))
    roles.allow(Role.HEAD_OFFICE, "accounts.add_reviewskill", "accounts.change_reviewskill")
    register_source("accounts.second_look", gettext_lazy("Second looks"), tasks)
    _explain_what_the_copy_leaves_out()


def to_look_at(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of one's units that one took no part in, and those that one answered."""
    mine = in_units_of(Role.REVIEWER, "application__outlet")(rows, user)
    return mine.exclude(first=user).exclude(second=user)


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """Second looks that wait; without a promise, because no customer waits for them."""
    if not roles.may(user, LOOKS):
        return
    rows = scope.visible(BlindReview, user).filter(status=BlindStatus.WAITING)
    for row in rows.order_by("drawn_at", "pk")[:LIMIT]:
        yield Task(
            title=_("Second look"),
            detail=str(row),
            url=reverse("admin:accounts_blindreview_change", args=[row.ref]),
            action=_("Look"),
        )


def _explain_what_the_copy_leaves_out() -> None:
    data_export.exempt(
        "accounts.Routing", "how we guard against deceit; the outcome stands with the application"
    )
    data_export.exempt(
        "accounts.BlindReview", "about the work of our reviewers, and it changes no decision"
    )
    data_export.exempt("accounts.ReviewSkill", "about our staff; no customer stands in it")
    data_export.exempt(
        "accounts.Pause", "each stop and its reason stand on the timeline of the application"
    )
