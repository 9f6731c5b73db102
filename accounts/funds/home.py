"""What homes show of the questions about money: the customer's card, the tasks of AML roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.aml.access import REVIEWS
from accounts.funds.states import InquiryStatus
from accounts.models import FundsInquiry
from brokerage.backoffice.tasks import Task
from brokerage.core import home_cards, roles, scope
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind

LIMIT = 30


def is_asked(on: date) -> Exists:
    """Whether a log-in has questions to answer, a fact of the home."""
    rows = FundsInquiry.objects.waiting()
    return Exists(rows.filter(application__customer__user=OuterRef("pk")))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card while questions wait for the customer."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return []
    if not home_cards.fact(user, "accounts.funds_asked", at):
        return []
    rows = FundsInquiry.objects.waiting().filter(application__customer__user=user)
    row = rows.select_related("application").first()
    if row is None:
        return []
    day = formats.day(row.due_on, year=True)
    return [
        Card(
            key="accounts.funds",
            weight=Weight.DUTY,
            title=_("Some questions to complete your records"),
            text=_("Three short answers about your money, by {day}.").format(day=day),
            url=reverse("accounts:funds", args=[row.application.ref]),
            action=_("Answer"),
        )
    ]


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """Answers that somebody looks at, and questions that were not answered in time."""
    for row in _to_look_at(user, business_date(at))[:LIMIT]:
        answered = row.status == InquiryStatus.ANSWERED
        yield Task(
            title=_("Answers about money to look at") if answered else _("No answers about money"),
            detail=str(row),
            url=reverse("admin:accounts_fundsinquiry_change", args=[row.ref]),
            action=_("Look"),
            started_at=row.answered_at or row.asked_at,
        )


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    return [_to_look_at(user, business_date(at))]


def _to_look_at(user: Any, on: date) -> QuerySet[FundsInquiry]:
    rows = scope.visible(FundsInquiry, user).select_related("application")
    if not roles.may(user, REVIEWS):
        return rows.none()
    turn = Q(status=InquiryStatus.ANSWERED) | Q(status=InquiryStatus.ASKED, due_on__lt=on)
    return rows.filter(turn).order_by("due_on", "pk")
