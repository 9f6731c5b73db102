"""What homes show of an account's first days: the customer's next step, the outlet's greetings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import FirstDays
from accounts.plan.selectors import lines_of, with_facts
from brokerage.backoffice.tasks import Task
from brokerage.core import clock, home_cards, roles, scope
from brokerage.core.display import formats
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind

LIMIT = 50
GREETS = "accounts.greet_customer"


def in_first_days(on: date) -> Exists:
    """Whether a plan of a log-in runs, a fact of the home."""
    rows = FirstDays.objects.running(on)
    return Exists(rows.filter(application__customer__user=OuterRef("pk")))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card while the customer has something to do of the plan; one query."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return []
    if not home_cards.fact(user, "accounts.in_first_days", at):
        return []
    rows = FirstDays.objects.running(clock.business_date(at))
    rows = rows.filter(application__customer__user=user).select_related("application")
    plan = with_facts(rows).order_by("-pk").first()
    open_lines = [line for line in lines_of(plan) if line.url and not line.done] if plan else []
    if plan is None or not open_lines:
        return []
    until = formats.day(plan.ends_on, year=True)
    return [
        Card(
            key="accounts.first_days",
            weight=Weight.FACT,
            title=_("Next: {step}").format(step=open_lines[0].label),
            text=_("The first steps with your account; this card goes on {until}.").format(
                until=until
            ),
            url=plan.application.get_absolute_url(),
            action=_("See your first steps"),
        )
    ]


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """Customers whom this person's outlet greets, by their clock."""
    for plan in _to_greet(user, at).order_by("greet_by", "pk")[:LIMIT]:
        yield Task(
            title=_("Greet a new customer"),
            detail=f"{plan} · {plan.application.outlet}",
            url=reverse("admin:accounts_firstdays_change", args=[plan.ref]),
            action=_("Greet"),
            due_at=plan.greet_by,
            started_at=plan.asked_at,
        )


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    return [_to_greet(user, at)]


def _to_greet(user: Any, at: datetime) -> QuerySet[FirstDays]:
    if not roles.may(user, GREETS):
        return FirstDays.objects.none()
    rows = FirstDays.objects.to_greet(clock.business_date(at)).exclude(application__applicant=user)
    return scope.visible(rows, user).select_related("application__outlet")
