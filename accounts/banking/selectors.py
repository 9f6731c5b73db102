"""What the page of a customer's bank shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.banking.states import CHANGE_OPEN, Blocker, ChangeStatus
from accounts.models import Application, BankChange, CustodyLink


@dataclass(frozen=True)
class InTheWay:
    """One thing that a bank has against it, and what the customer does about it."""

    label: str
    todo: str


def link_of(application: Application) -> CustodyLink | None:
    """The link of an account to its bank, or None before the opening."""
    rows = CustodyLink.objects.select_related("cash")
    return rows.filter(cash__application=application).first()


def change_of(application: Application) -> BankChange | None:
    """The open change of an account; else its newest one, unless that was taken back."""
    rows = BankChange.objects.select_related("application__customer__user")
    rows = rows.filter(application=application)
    open_one = rows.filter(status__in=CHANGE_OPEN).first()
    last = open_one or rows.order_by("-pk").first()
    return last if last and last.status != ChangeStatus.WITHDRAWN else None


def blockers_of(change: BankChange | None) -> list[InTheWay]:
    """Everything that the bank named the last time, in the reader's language."""
    todo = {
        Blocker.CASH: _("Transfer it to your present bank first."),
        Blocker.ORDERS: _("Cancel them, or try on the next trading day."),
        Blocker.TRANSFERS: _("Try on a day on which nothing was transferred."),
        Blocker.SUBSCRIPTIONS: _("Wait until it ends, or cancel it in the trading app."),
        Blocker.DEBT: _("Repay it first."),
        Blocker.CARD: _("Use an active Class I debit card in your own name."),
        Blocker.UNANSWERED: _("Nothing has changed. Try again."),
        Blocker.UNKNOWN: _("Ask the bank, or try again later."),
    }
    found = map(Blocker, change.blockers if change else ())
    return [InTheWay(str(each.label), todo[each]) for each in found]
