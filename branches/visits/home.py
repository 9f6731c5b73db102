"""What homes show of visits: the customer's next visit, and today's at the outlet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import OrgUnit
from branches.visits.models import Visit
from branches.visits.states import AHEAD, IN_QUEUE, Status
from brokerage.backoffice.tasks import Task
from brokerage.core import home_cards, roles, scope
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind

LIMIT = 50


def has_visit(on: date) -> Exists:
    """Whether a visit of a log-in lies ahead, a fact of the home."""
    return Exists(_ahead(on).filter(customer__user=OuterRef("pk")))


def _ahead(on: date) -> QuerySet[Visit]:
    states = [Status.HELD, *AHEAD, *IN_QUEUE]
    return Visit.objects.filter(status__in=states, day__gte=on)


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """The customer's next visit, or the time that is held for them."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return
    if not home_cards.fact(user, "branches.has_visit", at):
        return
    rows = _ahead(business_date(at)).filter(customer__user=user)
    visit = rows.select_related("unit", "purpose").order_by("day", "starts_at", "pk").first()
    if visit is None or (visit.held_until and visit.held_until <= at):
        return
    if visit.status == Status.HELD:
        yield Card(
            key="branches.visit_held",
            weight=Weight.DUTY,
            title=_("A time is held for you"),
            text=_told(visit),
            url=visit.get_absolute_url(),
            action=_("Book it"),
            due_at=visit.held_until,
        )
    else:
        yield Card(
            key="branches.visit",
            weight=Weight.WAITING,
            title=_("Your visit"),
            text=_told(visit),
            url=visit.get_absolute_url(),
            action=_("See your visit"),
        )


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """One line for each outlet of the person with visitors there now or still to come today."""
    if not roles.may(user, "branches.serve_visit"):
        return
    rows: Any = (
        _today(user, at)
        .order_by("unit__code")
        .values("unit__code", "unit__name_zh", "unit__name_en", "status")
        .annotate(number=Count("pk"), first=Min("starts_at"))
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(
            row["unit__code"], {"unit": _unit(row), "here": 0, "ahead": 0, "next": None}
        )
        if row["status"] in AHEAD:
            one["ahead"] += row["number"]
            one["next"] = min(filter(None, (one["next"], row["first"])), default=None)
        else:
            one["here"] += row["number"]
    for one in [*found.values()][:LIMIT]:
        unit = one["unit"]
        yield Task(
            title=_("Visitors at {outlet}").format(outlet=unit.name),
            detail=_numbers(one["here"], one["ahead"]),
            url=reverse("admin:branches_visit_queue", args=[unit.code]),
            action=_("Open the queue"),
            due_at=one["next"],
        )


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    return [_today(user, at)] if roles.may(user, "branches.serve_visit") else []


def _today(user: Any, at: datetime) -> Any:
    """Visitors who are there or still come today."""
    rows = scope.visible(Visit, user)
    return rows.filter(day=business_date(at), status__in=[*AHEAD, *IN_QUEUE])


def _unit(row: dict[str, Any]) -> OrgUnit:
    """The unit of a counted row, as far as its name needs it."""
    names = ("code", "name_zh", "name_en")
    return OrgUnit(**{name: row[f"unit__{name}"] for name in names})


def _numbers(here: int, ahead: int) -> str:
    present = ngettext("{n} here", "{n} here", here).format(n=here)
    coming = ngettext("{n} still to come", "{n} still to come", ahead).format(n=ahead)
    return _("{present}, {coming}").format(present=present, coming=coming)


def _told(visit: Visit) -> str:
    when = formats.moment(visit.starts_at) if visit.starts_at else visit.ticket_text
    return _("{when}, {outlet}: {purpose}").format(
        when=when, outlet=visit.unit.name, purpose=visit.purpose.name
    )
