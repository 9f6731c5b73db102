"""Tasks about mandates: of their leads, and of who reviews them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.blockers import Blocker, count
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from products.mandate_states import Stage
from products.models import Mandate


def mandates(user: Any, at: datetime) -> Iterable[Task]:
    """Mandates that this person leads, by the clock of their stage."""
    return _tasks(_led(user), _("Go on"))


def probe_mandates(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `mandates`."""
    return [_led(user)]


def reviews(user: Any, at: datetime) -> Iterable[Task]:
    """Mandates that this person may clear for signing, by their clock."""
    return _tasks(_to_review(user), _("Check"))


def probe_reviews(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `reviews`."""
    return [_to_review(user)]


def led_by(user: Any) -> Blocker:
    """What somebody else has to lead before this person leaves."""
    rows = Mandate.objects.under_way().filter(lead_ref=user.ref)
    url = reverse("admin:products_mandate_changelist")
    return Blocker("mandates", _("Mandates under way"), count(rows), url)


def _tasks(rows: QuerySet[Mandate], action: str) -> Iterator[Task]:
    for row in rows.select_related("referral__customer").order_by("due_at", "pk"):
        yield Task(
            title=f"{row.referral.get_need_display()}: {row}",
            detail=row.what_next,
            url=reverse("admin:products_mandate_change", args=[row.ref]),
            action=action,
            started_at=row.opened_at,
            due_at=row.due_at,
        )


def _led(user: Any) -> QuerySet[Mandate]:
    rows = Mandate.objects.under_way().filter(lead_ref=user.ref).exclude(status=Stage.REVIEW)
    return scope.visible(rows, user)


def _to_review(user: Any) -> QuerySet[Mandate]:
    if not roles.may(user, "products.review_mandate"):
        return Mandate.objects.none()
    rows = Mandate.objects.filter(status=Stage.REVIEW).exclude(lead_ref=user.ref)
    return scope.visible(rows, user)
