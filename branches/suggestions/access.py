"""Who files, sees, answers and contests; tasks by the clock; what a customer's copy tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches import events
from branches.models import Suggestion, Voice
from branches.selectors import units_of
from branches.suggestions.states import LIVE, WAITING, Status
from branches.use_cases.score_suggestions import score_period
from brokerage.backoffice import four_eyes
from brokerage.backoffice.tasks import Task, register_source
from brokerage.core import clock, data_export, retention, roles, scope
from brokerage.core.data_export import Person
from brokerage.core.roles import STAFF, Role
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

OWNERS = (Role.HEAD_OFFICE, Role.OPERATIONS)
"""Who answers at head office: for the steps that their department, or one below it, owns."""


def declare() -> None:
    """Fill the registries of core; called once when the app is ready."""
    for role in sorted(STAFF - {Role.ADMINISTRATOR}):
        roles.allow(role, "branches.view_suggestion", "branches.view_score")
        if role in roles.READERS:
            for label in ("Suggestion", "Score", "Voice", "ScorePeriod", "Ownership"):
                scope.register_readers(f"branches.{label}", role)
            roles.allow(role, "branches.view_voice", "branches.view_scoreperiod")
            roles.allow(role, "branches.view_ownership")
            continue
        scope.register("branches.Suggestion", role, _suggestions(role))
        scope.register("branches.Score", role, _scores(role))
        roles.allow(role, "branches.contest_score")
    for role in OWNERS:
        roles.allow(role, "branches.answer_suggestion", "branches.view_voice")
        roles.allow(role, "branches.answer_voice", "branches.view_ownership")
        scope.register("branches.Voice", role, _voices(role))
        scope.register_readers("branches.Ownership", role)
    roles.allow(Role.HEAD_OFFICE, "branches.add_ownership", "branches.view_scoreperiod")
    roles.allow(Role.HEAD_OFFICE, "branches.add_scoreperiod", "branches.change_scoreperiod")
    scope.register_readers("branches.ScorePeriod", Role.HEAD_OFFICE)
    four_eyes.on_approval("branches.ScorePeriod", score_period)
    register_source("branches.suggestions", gettext_lazy("Suggestions"), to_answer, waiting_rows)
    _declare_events()
    _declare_copy()


def _suggestions(role: Role) -> scope.Policy:
    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """One's own, those of one's units, those one owns; and what was released, for all."""
        seen = Q(author=user) | Q(status__in=LIVE)
        if role in (*OWNERS, Role.BRANCH_MANAGER):
            units = units_of(user, clock.today(), roles=[role]).values("pk")
            seen |= Q(unit__in=units) | Q(owner__in=units)
        return rows.filter(seen)

    return policy


def _scores(role: Role) -> scope.Policy:
    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        """One's own; those of one's units for who leads them."""
        seen = Q(person=user)
        if role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
            seen |= Q(unit__in=units_of(user, clock.today(), roles=[role]).values("pk"))
        return rows.filter(seen)

    return policy


def _voices(role: Role) -> scope.Policy:
    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        units = units_of(user, clock.today(), roles=[role])
        return rows.filter(owner__in=units.values("pk"))

    return policy


def to_answer(user: Any, at: datetime) -> Iterator[Task]:
    """Suggestions and words of customers that this person's department answers."""
    if not (both := waiting_rows(user, at)):
        return
    suggestions, voices = both
    for row in suggestions.order_by("due_on")[:20]:
        yield _task(row, row.title, "admin:branches_suggestion_change")
    for voice in voices.order_by("due_on")[:20]:
        yield _task(voice, str(voice), "admin:branches_voice_change")


def waiting_rows(user: Any, at: datetime) -> list[Any]:
    """The suggestions and the words of customers behind `to_answer`; none for who answers none."""
    if not roles.may(user, "branches.answer_suggestion"):
        return []
    waiting = scope.visible(Suggestion, user).filter(status__in=WAITING).exclude(author=user)
    return [
        waiting.exclude(decided_by=user),
        scope.visible(Voice, user).filter(answered_at=None),
    ]


def _task(row: Any, title: str, url_name: str) -> Task:
    return Task(
        title=title,
        detail=row.step_name,
        url=reverse(url_name, args=[row.ref]),
        action=_("Answer"),
        started_at=row.created_at,
        due_at=datetime.combine(row.due_on, time(17, 0), clock.SHANGHAI),
    )


def _declare_events() -> None:
    register_kind(events.SuggestionFiled, gettext_lazy("Suggestion filed"), icon="edit")
    register_kind(
        events.SuggestionMoved,
        gettext_lazy("Suggestion: {status}"),
        icon="edit",
        words={"status": Status},
    )
    register_kind(
        events.VoiceRaised,
        gettext_lazy("You told us what you think"),
        staff=gettext_lazy("A customer told us what they think"),
        icon="mail",
    )
    register_kind(
        events.VoiceAnswered,
        gettext_lazy("We answered you"),
        staff=gettext_lazy("The customer was answered"),
        icon="mail",
    )
    register_kind(events.ScoreContested, gettext_lazy("Score contested"), icon="edit")
    register_kind(
        events.OwnershipGiven, gettext_lazy("Owner named from {valid_from}"), icon="tree"
    )
    subscribe(
        events.SuggestionMoved,
        "branches.suggestions.handlers.tell_author",
        name="branches.tell_author",
    )


def _declare_copy() -> None:
    data_export.register(
        "voices",
        title=gettext_lazy("What you told us about our pages"),
        collect=_voices_of,
        order=75,
        covers=("branches.Voice",),
    )
    RECORDS.register("branches.voices", _refs)
    retention.register(
        retention.Policy(
            key="branches.voices",
            label=gettext_lazy("Words of customers about our pages"),
            rule="retention.message_outbox",
            due=lambda before: Voice.objects.filter(created_at__lt=before),
            held_by={"customers.customer": "customer__ref"},
        )
    )


def _refs(customer: Customer) -> QuerySet[Any, UUID]:
    return Voice.objects.filter(customer=customer).values_list("ref", flat=True)


def _voices_of(person: Person) -> list[dict[str, Any]]:
    rows = Voice.objects.filter(customer__ref=person.customer).order_by("created_at")
    return [
        {
            "at": row.created_at.isoformat(),
            "what": row.step_name,
            "text": row.text,
            "value": row.answer,
        }
        for row in rows
    ]
