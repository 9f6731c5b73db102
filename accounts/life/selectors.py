"""Questions about the life of active accounts."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from accounts.life.rules import ExpiryTerms
from accounts.life.states import RENEWAL_OPEN
from accounts.models import Application, DocumentRenewal, IdDocument
from accounts.states import Status


def renewal_of(application: Application) -> DocumentRenewal | None:
    """The open renewal of an account, or None."""
    rows = DocumentRenewal.objects.select_related("application__customer")
    return rows.filter(application=application, status__in=RENEWAL_OPEN).first()


def documents_to_look_at(on: date, terms: ExpiryTerms) -> QuerySet[IdDocument]:
    """Documents whose ladder has begun and that nobody looked at on the business date `on`."""
    last = on + timedelta(days=terms.reminders[0])
    rows = IdDocument.objects.filter(
        valid_to__lte=last, application__customer__closed_at__isnull=True
    )
    return rows.filter(Q(looked_on=None) | Q(looked_on__lt=on)).order_by("valid_to", "pk")


def accounts_without_document() -> QuerySet[Application]:
    """Active accounts whose document nobody watches yet."""
    return Application.objects.filter(status=Status.ACTIVE, id_document=None).order_by("pk")
