"""Questions about the life of active accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from accounts.life.rules import ExpiryTerms
from accounts.life.states import RENEWAL_OPEN, ClosingStatus
from accounts.models import Application, CashAccount, Closing, DocumentRenewal, IdDocument
from accounts.states import CashStatus, LinkStatus, MarketStatus, Status
from accounts.terms import Market


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


def closing_of(application: Application) -> Closing | None:
    """The newest closing of an account that was not taken back, or None."""
    rows = Closing.objects.select_related("application__customer__user")
    rows = rows.exclude(status=ClosingStatus.WITHDRAWN)
    return rows.filter(application=application).order_by("-pk").first()


@dataclass(frozen=True)
class AccountState:
    """One account as its customer sees it while it is closed."""

    label: str
    number: str
    status: str
    closed: bool


def account_states(application: Application) -> list[AccountState]:
    """Each market account, the link to the bank and the cash account; three queries."""
    found = [
        AccountState(
            str(Market(row.market).label),
            row.masked_number,
            row.get_status_display(),
            row.status == MarketStatus.CLOSED,
        )
        for row in application.market_accounts.order_by("market")
    ]
    cash = CashAccount.objects.filter(application=application).select_related("link").first()
    if cash is None:
        return found
    link = cash.link
    return [
        *found,
        AccountState(
            str(link._meta.verbose_name),
            "",
            link.get_status_display(),
            link.status == LinkStatus.CLOSED,
        ),
        AccountState(
            str(cash._meta.verbose_name),
            "",
            cash.get_status_display(),
            cash.status == CashStatus.CLOSED,
        ),
    ]
