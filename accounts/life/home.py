"""What homes show of documents: the customer's card, the desk's and the manager's tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.life.selectors import renewal_of
from accounts.life.states import (
    RENEWAL_WITH_US,
    RUNS_OUT,
    ClosingStatus,
    DocumentStatus,
    RenewalStatus,
)
from accounts.models import Closing, DocumentRenewal, IdDocument
from brokerage.backoffice.tasks import Task
from brokerage.core import home_cards, roles, scope
from brokerage.core.display import formats
from brokerage.core.home_cards import Card, Weight
from brokerage.core.roles import Role
from brokerage.users.models import Kind

LIMIT = 50
REVIEWS, DECIDES = "accounts.review_application", "accounts.decide_application"


def runs_out(on: date) -> Exists:
    """Whether a document of a log-in runs out, a fact of the home."""
    rows = IdDocument.objects.filter(application__customer__user=OuterRef("pk"))
    return Exists(rows.filter(status__in=RUNS_OUT))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card while the document runs out or a new one was returned; none while it is with us."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return []
    if not home_cards.fact(user, "accounts.document_runs_out", at):
        return []
    document = (
        IdDocument.objects.filter(application__customer__user=user, status__in=RUNS_OUT)
        .select_related("application")
        .first()
    )
    if document is None or document.valid_to is None:
        return []
    renewal = renewal_of(document.application)
    if renewal and renewal.status in RENEWAL_WITH_US:
        return []
    until = formats.day(document.valid_to, year=True)
    title, text = {
        DocumentStatus.ENDING: (
            _("Your identity document ends soon"),
            _("It is valid until {until}. Send us the new one, and everything goes on.").format(
                until=until
            ),
        ),
        DocumentStatus.EXPIRED: (
            _("Your identity document has expired"),
            _("It ended on {until}. Send us the new one before your account is limited.").format(
                until=until
            ),
        ),
        DocumentStatus.LIMITED: (
            _("Your account is limited"),
            _("Your document ended on {until}. Send us the new one to lift the limits.").format(
                until=until
            ),
        ),
    }[DocumentStatus(document.status)]
    return [
        Card(
            key="accounts.document",
            weight=Weight.DUTY,
            title=title,
            text=text,
            url=reverse("accounts:renew", args=[document.application.ref]),
            action=_("Renew my document"),
        )
    ]


def tasks(user: Any, at: datetime) -> Iterable[Task]:
    """New documents that this person can act on; for a manager, documents that run out."""
    for renewal in _to_decide(user)[:LIMIT]:
        first = renewal.status == RenewalStatus.SENT
        yield Task(
            title=_("New identity document to check") if first else _("New document to decide on"),
            detail=str(renewal.application),
            url=reverse("admin:accounts_documentrenewal_change", args=[renewal.ref]),
            action=_("Look"),
            started_at=renewal.sent_at,
        )
    for closing in _in_the_way(user)[:LIMIT]:
        yield Task(
            title=_("Closing that waits"),
            detail=str(closing.application),
            url=reverse("admin:accounts_closing_change", args=[closing.ref]),
            action=_("Look"),
            due_at=closing.due_at,
            started_at=closing.confirmed_at,
        )
    for document in _running_out(user)[:LIMIT]:
        assert document.valid_to is not None, "only what ends runs out"
        yield Task(
            title=document.get_status_display(),
            detail=_("{case}: identity document until {until}").format(
                case=document, until=formats.day(document.valid_to, year=True)
            ),
            url=reverse("admin:accounts_iddocument_change", args=[document.ref]),
            mine=False,
        )


def probe(user: Any, at: datetime) -> list[Any]:
    """Rows behind `tasks`."""
    return [_to_decide(user), _in_the_way(user), _running_out(user)]


def _to_decide(user: Any) -> QuerySet[DocumentRenewal]:
    rows = scope.visible(DocumentRenewal, user).select_related("application")
    turn = Q(pk__in=[])
    if roles.may(user, REVIEWS):
        turn |= Q(status=RenewalStatus.SENT)
    if roles.may(user, DECIDES):
        turn |= Q(status=RenewalStatus.PROPOSED) & ~Q(proposed_by=user)
    return rows.filter(turn).order_by("sent_at", "pk")


def _in_the_way(user: Any) -> QuerySet[Closing]:
    """Closings that a counterparty refused or did not answer, for who may ask again."""
    rows = scope.visible(Closing, user).select_related("application")
    if not roles.may(user, "accounts.ask_again_closing"):
        return rows.none()
    return rows.filter(status=ClosingStatus.RUNNING).exclude(problem="").order_by("due_at", "pk")


def _running_out(user: Any) -> QuerySet[IdDocument]:
    """For who answers for the outlet: what ends soonest first."""
    rows = scope.visible(IdDocument, user).select_related("application")
    if Role.BRANCH_MANAGER not in roles.roles_of(user):
        return rows.none()
    return rows.filter(status__in=RUNS_OUT).order_by("valid_to", "pk")
