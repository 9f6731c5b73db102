"""Watch the document of an active account: remind, limit after the time of the rule, once each."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.evidence.events import EvidenceEvent
from accounts.life.dated import expiry_terms
from accounts.life.events import AccountLimited, DocumentEnding, DocumentExpired
from accounts.life.rules import DocumentStanding, ExpiryTerms, standing
from accounts.life.states import DocumentStatus
from accounts.models import Application, DocumentReminder, IdDocument
from accounts.states import Status, Step
from accounts.use_cases.send_limits import send_limits
from accounts.use_cases.writing import lock
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

ACTOR = Actor.system("accounts.watch_documents")


def take_in_document(*, application: Application, at: datetime) -> IdDocument | None:
    """Begin to watch the document of an active account; again, it changes nothing.

    Args:
        application: locked here.
        at: the instant.

    Returns:
        The document; None while the account is not active.
    """
    with transaction.atomic():
        row = lock(application)
        if row.status != Status.ACTIVE:
            return None
        answers = row.sections.get(step=Step.IDENTITY).answers
        ends = "" if answers.get("id_long_term") else answers.get("id_valid_to")
        document, _made = IdDocument.objects.get_or_create(
            application=row,
            defaults={"valid_to": date.fromisoformat(ends) if ends else None, "status_since": at},
        )
        return document


def watch_document(*, document: IdDocument, at: datetime) -> IdDocument:
    """Bring a document to where the rule of the day has it; tell each rung and change once.

    Args:
        document: locked here.
        at: the instant; its business date and the rule in force on it decide.
    """
    on = business_date(at)
    terms = expiry_terms(on)
    with transaction.atomic():
        row = lock_row(IdDocument, document.pk, "application")
        found, closed = standing(row.valid_to, on, terms), list(row.stopped)
        if found.reminder is not None:
            _remind(row, found.reminder, terms, at)
        if event := set_standing(row, found, terms, at):
            record(event, actor=ACTOR, at=at, rule_version=terms.version)
        row.looked_on = on
        row.save()
        if closed or row.stopped:
            send_limits(application=row.application, at=at)
        return row


def set_standing(
    row: IdDocument, found: DocumentStanding, terms: ExpiryTerms, at: datetime
) -> EvidenceEvent | None:
    """Move a locked document, unsaved, to a standing; what the customer has to hear of it."""
    stops = sorted(found.stops)
    if (row.status, sorted(row.stopped)) == (found.status, stops):
        return None
    row.move_to(found.status)
    row.stopped, row.status_since, row.rule_version = stops, at, terms.version
    ends = row.valid_to.isoformat() if row.valid_to else ""
    if found.status == DocumentStatus.EXPIRED:
        return DocumentExpired(subject=row.application.ref, valid_to=ends)
    if found.status == DocumentStatus.LIMITED:
        return AccountLimited(subject=row.application.ref, valid_to=ends, stops=tuple(stops))
    return None


def _remind(row: IdDocument, days: int, terms: ExpiryTerms, at: datetime) -> None:
    assert row.valid_to is not None, "only what ends is reminded of"
    _told, fresh = DocumentReminder.objects.get_or_create(
        document=row, valid_to=row.valid_to, days=days, defaults={"told_at": at}
    )
    if fresh:
        event = DocumentEnding(
            subject=row.application.ref, days=days, valid_to=row.valid_to.isoformat()
        )
        record(event, actor=ACTOR, at=at, rule_version=terms.version)
