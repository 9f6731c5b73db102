"""What homes show of professional investors: what waits for officers, and for customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from brokerage.backoffice.tasks import Task
from brokerage.core import home_cards, roles, scope
from brokerage.core.display import formats
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind
from suitability.models import InvestorStatus, StatusRequest
from suitability.states import RequestStatus

RIGHT = "suitability.change_statusrequest"
PROMISE = timedelta(days=5)
"""So soon an application should be decided."""
SOON = timedelta(days=60)


def came_back(on: date) -> Exists:
    """Whether an application of a log-in came back, a fact of the home."""
    return Exists(_returned().filter(customer__user=OuterRef("pk")))


def status_until(on: date) -> Subquery:
    """The end of a log-in's status, where it is near; a fact of the home."""
    held = InvestorStatus.objects.in_force(on).filter(until__lte=on + SOON)
    return Subquery(held.filter(customer__user=OuterRef("pk")).values("until")[:1])


def _returned() -> QuerySet[StatusRequest]:
    return StatusRequest.objects.filter(status=RequestStatus.RETURNED)


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """An application that came back, and a status that ends within sixty days."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return
    if home_cards.fact(user, "suitability.status_came_back", at):
        returned = _returned().filter(customer__user=user)[0]
        yield Card(
            key="suitability.status_returned",
            weight=Weight.DUTY,
            title=_("Complete your application as a professional investor"),
            text=_("Something is missing. We wrote down what."),
            url=returned.get_absolute_url(),
            action=_("Complete it"),
        )
        return
    until = home_cards.fact(user, "suitability.status_until", at)
    if until:
        yield Card(
            key="suitability.status_ends",
            weight=Weight.DUTY,
            title=_("Your status as a professional investor ends soon"),
            text=_("It counts until {day}. Prove it again to keep it.").format(
                day=formats.day(until - timedelta(days=1))
            ),
            url=reverse("suitability:professional"),
            action=_("Renew it"),
        )


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`: not those that this officer examined first."""
    if not roles.may(user, RIGHT):
        return []
    mine = Q(status=RequestStatus.EXAMINED, examined_by=user)
    return [scope.visible(StatusRequest.objects.waiting().exclude(mine), user)]


def tasks(user: Any, at: datetime) -> Iterator[Task]:
    """Applications that this officer may examine or decide, the oldest first."""
    for rows in probe(user, at):
        for request in rows.order_by("submitted_at", "pk")[:20]:
            second = request.status == RequestStatus.EXAMINED
            yield Task(
                title=_("Decide on a professional investor")
                if second
                else _("Examine a professional investor"),
                url=reverse("admin:suitability_statusrequest_change", args=[request.ref]),
                action=_("Look at it"),
                started_at=request.submitted_at,
                due_at=request.submitted_at + PROMISE,
            )
