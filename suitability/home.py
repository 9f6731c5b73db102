"""What homes show: an assessment that ends or has ended; classes that a supervisor looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from brokerage.backoffice.tasks import Task
from brokerage.core import home_cards, roles, scope
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind
from suitability.models import Assessment, CoachingFlag, JumpReview

SOON = timedelta(days=30)
PROMISE = timedelta(days=2)
"""So soon a supervisor should look at a risen class."""


def result_ends(on: date) -> Subquery:
    """The end of the newest confirmed result of a log-in, a fact of the home."""
    rows = Assessment.objects.filter(customer__user=OuterRef("pk"), confirmed_at__isnull=False)
    return Subquery(rows.order_by("-submitted_at", "-pk").values("valid_until")[:1])


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One duty from thirty days before the end of the newest confirmed result."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return
    ends = home_cards.fact(user, "suitability.result_ends", at)
    today = business_date(at)
    if ends is None or ends > today + SOON:
        return
    if ends > today:
        title = _("Your risk assessment ends soon")
        text = _("It counts until {day}. Answer the questions again to renew it.").format(
            day=formats.day(ends - timedelta(days=1))
        )
    else:
        title = _("Your risk assessment has expired")
        text = _("Answer the questions again to renew it.")
    yield Card(
        key="suitability.renew",
        weight=Weight.DUTY,
        title=title,
        text=text,
        url=reverse("suitability:start"),
        action=_("Answer now"),
    )


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    if not roles.may(user, "suitability.change_jumpreview"):
        return []
    return [scope.visible(JumpReview.objects.waiting(), user)]


def tasks(user: Any, at: datetime) -> Iterator[Task]:
    """Risen classes that this supervisor may decide on, the oldest first."""
    if not roles.may(user, "suitability.change_jumpreview"):
        return
    for review in scope.visible(JumpReview.objects.waiting(), user).order_by("pk")[:20]:
        yield Task(
            title=_("A class rose shortly after a refusal"),
            url=reverse("admin:suitability_jumpreview_change", args=[review.ref]),
            action=_("Look at it"),
            started_at=review.found_at,
            due_at=review.found_at + PROMISE,
        )


def coaching_probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `coaching_tasks`."""
    if not roles.may(user, "suitability.change_coachingflag"):
        return []
    return [scope.visible(CoachingFlag.objects.waiting(), user)]


def coaching_tasks(user: Any, at: datetime) -> Iterator[Task]:
    """Signs of coaching that wait for compliance, the oldest first."""
    for rows in coaching_probe(user, at):
        for flag in rows.order_by("pk")[:20]:
            yield Task(
                title=_("Signs of coaching in a paper"),
                url=reverse("admin:suitability_coachingflag_change", args=[flag.ref]),
                action=_("Look at it"),
                started_at=flag.found_at,
                due_at=flag.found_at + PROMISE,
            )
