"""Rates that new fees do not allow, as tasks of who proposes rates there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from branches.duties_home import LIMIT, evening
from branches.models import RateReview
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from brokerage.core.clock import business_date
from brokerage.core.display import formats


def rates(user: Any, at: datetime) -> Iterable[Task]:
    """One task for each rate of one's units that has to be replaced; one query."""
    for rows in probe_rates(user, at):
        found = rows.select_related("rate__unit").order_by("due_on", "pk")
        yield from (_task(review) for review in found[:LIMIT])


def probe_rates(user: Any, at: datetime) -> list[Any]:
    """Rows behind `rates`; none for who proposes no rates."""
    if not roles.may(user, "branches.add_commissionrate"):
        return []
    visible: Any = scope.visible(RateReview, user)
    return [visible.waiting(business_date(at))]


def _task(review: RateReview) -> Task:
    rate = review.rate
    who = _("a customer's own rate") if rate.customer_id else _("rate for everybody")
    return Task(
        title=_("{rate}: {finding}").format(rate=rate, finding=review.get_breach_display()),
        detail=_("{who}; from {day} on the limit is {limit}.").format(
            who=who, day=formats.day(review.fees_from), limit=formats.rate(review.limit)
        ),
        url=reverse("admin:branches_commissionrate_change", args=[rate.ref]),
        action=_("Replace the rate"),
        started_at=review.created_at,
        due_at=evening(review.due_on),
    )
