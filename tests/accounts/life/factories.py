"""Active accounts whose document runs out, made through the use cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts.models import Application, DocumentRenewal, IdDocument
from accounts.states import Status
from accounts.use_cases.renew_document import begin_renewal, save_renewal, send_renewal
from accounts.use_cases.watch_document import take_in_document
from tests.accounts.factories import ACTOR, AT, an_application

NEW = {
    "front": str(UUID(int=3)),
    "back": str(UUID(int=4)),
    "id_valid_from": "2026-02-01",
    "id_valid_to": "2046-02-01",
    "id_issuer": "金华市公安局婺城分局",
}


def a_document(valid_to: date | None = None, *, at: datetime = AT, **given: Any) -> IdDocument:
    """A watched document of an active account; its last day is 2040-01-31 unless given."""
    document = take_in_document(application=an_application(Status.ACTIVE, **given), at=at)
    assert document is not None
    if valid_to:
        IdDocument.objects.filter(pk=document.pk).update(valid_to=valid_to)
        document.refresh_from_db()
    return document


def a_sent_renewal(application: Application, *, at: datetime = AT) -> DocumentRenewal:
    """A new document that the customer sent."""
    renewal = begin_renewal(application=application, at=at)
    renewal = save_renewal(renewal=renewal, values=NEW, version=renewal.version, at=at)
    return send_renewal(renewal=renewal, actor=ACTOR, at=at)
