"""What homes show of applications: the customer's next step, the officer's waiting reviews."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.dated import follow_up_terms
from accounts.life.states import CLOSING_OPEN
from accounts.models import Application, ReviewSkill
from accounts.states import ENDED, WITH_US, CashStatus, Status
from accounts.use_cases.escalate_follow_up import LEADS, UNSETTLED
from brokerage.backoffice.tasks import State, Task
from brokerage.core import clock, home_cards, roles, scope
from brokerage.core.home_cards import Card, Weight
from brokerage.core.roles import Role
from brokerage.users.models import Kind

LIMIT = 50
LAST_HOURS = timedelta(hours=24)
"""So long before the end of the follow-up somebody calls who has not answered."""


def status_now(on: date) -> Subquery:
    """How the newest application of a log-in stands, a fact of the home.

    None where its account was closed: the customer may open one again.
    """
    mine = Application.objects.filter(customer__user=OuterRef("pk")).order_by("-created_at")
    closed = When(cash_account__status=CashStatus.CLOSED, then=Value(None))
    stands = Case(closed, default=F("status"), output_field=CharField())
    return Subquery(mine.annotate(stands=stands).values("stands")[:1])


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """At most one card; customers without an application are offered to begin."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return []
    status = home_cards.fact(user, "accounts.status", at)
    if status is None or status in ENDED:
        return [_begin()]
    if status == Status.ACTIVE:
        return []
    application = Application.objects.filter(customer__user=user).latest("created_at")
    if application.status == Status.VISIT:
        return [_last_questions(application, at)]
    if application.status in (Status.APPROVED, Status.OPENING):
        return [_approved(application)]
    if application.status == Status.REJECTED and not application.final:
        return [_again(application)]
    return [_card(application)] if application.is_open else []


def _begin() -> Card:
    return Card(
        key="accounts.begin",
        weight=Weight.NEXT_STEP,
        title=_("Open your account"),
        text=_("It takes about five minutes on your phone. Every answer is saved."),
        url=reverse("accounts:start"),
        action=_("Begin"),
    )


def _again(application: Application) -> Card:
    return Card(
        key="accounts.again",
        weight=Weight.OFFER,
        title=_("Apply again"),
        text=application.get_refusal_display(),
        url=application.get_absolute_url(),
        action=_("See what to do"),
    )


def _approved(application: Application) -> Card:
    return Card(
        key="accounts.approved",
        weight=Weight.WAITING,
        title=_("Your application was approved"),
        text=_("We open your accounts now and tell you as soon as you can use them."),
        url=application.get_absolute_url(),
        action=_("See where it stands"),
    )


def _last_questions(application: Application, at: datetime) -> Card:
    if not follow_up_terms(clock.business_date(at)).own_answers:
        return Card(
            key="accounts.follow_up",
            weight=Weight.WAITING,
            title=_("A few last questions"),
            text=_("Your accounts are open. We call you with a few questions."),
            url=application.get_absolute_url(),
            action=_("See where it stands"),
        )
    return Card(
        key="accounts.follow_up",
        weight=Weight.NEXT_STEP,
        title=_("A few last questions"),
        text=_("Your accounts are open. Answer these, and you can use them."),
        url=application.get_absolute_url(),
        action=_("Answer them"),
    )


def _card(application: Application) -> Card:
    url = application.get_absolute_url()
    if application.status == Status.DRAFT:
        return Card(
            key="accounts.continue",
            weight=Weight.NEXT_STEP,
            title=_("Go on opening your account"),
            text=_("Your answers are saved."),
            url=url,
            action=_("Go on"),
        )
    if application.status == Status.RETURNED:
        return Card(
            key="accounts.returned",
            weight=Weight.NEXT_STEP,
            title=_("We need something from you"),
            text=application.to_mend or _("A few steps have to be done again."),
            url=url,
            action=_("See what to do"),
        )
    return Card(
        key="accounts.waiting",
        weight=Weight.WAITING,
        title=_("Your application is with us"),
        url=url,
        action=_("See where it stands"),
        due_at=application.due_at,
    )


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """Applications that this person can act on or watches over; nearest promise first."""
    if roles.may(user, LEADS):
        yield from _escalated(user)
    if roles.may(user, "accounts.call_follow_up"):
        yield from _calls(user, at)
    acts = roles.may(user, "accounts.review_application", "accounts.decide_application")
    if not acts and Role.BRANCH_MANAGER not in roles.roles_of(user):
        return
    rows = scope.visible(Application, user).filter(status__in=WITH_US)
    if acts:
        skills = ReviewSkill.objects.of(user, clock.business_date(at)).values("skill")
        learned = ArraySubquery(skills)
        rows = rows.filter(Q(claimed_by__isnull=False) | Q(skills__contained_by=learned))
    for application in rows.select_related("outlet").order_by("promised_at", "pk")[:LIMIT]:
        if task := _task(application, user) if acts else _watched(application):
            yield task
    if not acts:
        yield from _calls(user, at, mine=False)


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    found: list[Any] = []
    if roles.may(user, LEADS):
        found.append(_to_lead(user))
    acts = roles.may(user, "accounts.review_application", "accounts.decide_application")
    watches = not acts and Role.BRANCH_MANAGER in roles.roles_of(user)
    if acts or watches:
        found.append(scope.visible(Application, user).filter(status__in=WITH_US))
    if watches or roles.may(user, "accounts.call_follow_up"):
        found.append(_to_call(user, at))
    return found


def _to_call(user: Any, at: datetime) -> QuerySet[Application]:
    """Whom somebody has to call: after a "no", when time runs out, or all by the rule in force.

    While own answers count, whoever has days left is not called. Nobody calls about an account
    that its customer is closing.
    """
    rows = scope.visible(Application, user).filter(status=Status.VISIT, follow_up__isnull=False)
    rows = rows.exclude(closings__status__in=CLOSING_OPEN)
    if follow_up_terms(clock.business_date(at)).own_answers:
        late = Q(follow_up__due_at__lte=at + LAST_HOURS)
        rows = rows.filter(late | Q(follow_up__passed=False))
    return rows


def _to_lead(user: Any) -> QuerySet[Application]:
    """Follow-ups that are escalated and not settled yet."""
    rows = scope.visible(Application, user).filter(UNSETTLED, status=Status.VISIT)
    return rows.filter(follow_up__escalated_at__isnull=False)


def _escalated(user: Any) -> Iterable[Task]:
    """For who answers for central visits: overdue follow-ups, the oldest first."""
    rows = _to_lead(user).select_related("follow_up", "outlet")
    for application in rows.order_by("follow_up__due_at", "pk")[:LIMIT]:
        yield Task(
            title=_("Overdue follow-up"),
            detail=f"{application} · {application.outlet}",
            url=reverse("admin:accounts_application_change", args=[application.ref]),
            action=_("Set a new date"),
            due_at=application.follow_up.due_at,
            started_at=application.stage_since,
        )


def _calls(user: Any, at: datetime, *, mine: bool = True) -> Iterable[Task]:
    """Customers whom central staff call: those who said no first, then by due date.

    Args:
        mine: False for who answers for the outlet and only watches.
    """
    rows = _to_call(user, at).select_related("follow_up")
    if mine:  # whoever took part calls nobody about it
        took_part = Q(claimed_by=user) | Q(recommended_by=user) | Q(decided_by=user)
        rows = rows.exclude(took_part)
    for application in rows.order_by("follow_up__passed", "follow_up__due_at")[:LIMIT]:
        yield Task(
            title=_("Follow-up call"),
            detail=str(application),
            url=reverse("admin:accounts_application_change", args=[application.ref]),
            action=_("Call") if mine else _("See where it stands"),
            due_at=application.follow_up.due_at,
            started_at=application.stage_since,
            mine=mine,
        )


def _task(application: Application, user: Any) -> Task | None:
    url = reverse("admin:accounts_application_change", args=[application.ref])
    if application.status == Status.SUBMITTED:
        title, action = _("Application to review"), _("Take it")
    elif application.recommended_by_id:
        if application.recommended_by_id == user.pk:
            return None
        title, action = _("Verdict to decide on"), _("Decide")
    elif application.claimed_by_id == user.pk:
        title, action = _("Review in your hands"), _("Go on")
    else:
        return None
    return Task(
        title=title,
        detail=f"{application} · {application.outlet}",
        url=url,
        action=action,
        due_at=application.promised_at,
        started_at=application.submitted_at,
        state=State.PAUSED if application.paused else State.OPEN,
        waits_for=application.on_hold,
    )


def _watched(application: Application) -> Task:
    """For who answers for the outlet without reviewing: the promise, and where it stands."""
    return Task(
        title=_("Application with the reviewers"),
        detail=f"{application} · {application.outlet} · {application.get_status_display()}",
        url=reverse("admin:accounts_application_change", args=[application.ref]),
        action=_("See where it stands"),
        due_at=application.promised_at,
        started_at=application.submitted_at,
        state=State.PAUSED if application.paused else State.OPEN,
        waits_for=application.on_hold,
        mine=False,
    )
