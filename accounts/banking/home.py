"""What the customer's home shows of a bank that is not linked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import CustodyLink
from accounts.states import CashStatus, LinkStatus
from brokerage.core import home_cards
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind

WAITS = (LinkStatus.AT_BANK, LinkStatus.REFUSED)


def waits(on: date) -> Exists:
    """Whether an account of a log-in waits for its customer and the bank, a fact of the home."""
    rows = CustodyLink.objects.filter(cash__customer__user=OuterRef("pk"), status__in=WAITS)
    return Exists(rows.exclude(cash__status=CashStatus.CLOSED))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card while a link is to be finished at the bank, or to be asked for anew."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return []
    if not home_cards.fact(user, "accounts.bank_waits", at):
        return []
    link = (
        CustodyLink.objects.filter(cash__customer__user=user, status__in=WAITS)
        .exclude(cash__status=CashStatus.CLOSED)
        .select_related("cash__application")
        .order_by("-pk")
        .first()
    )
    if link is None:
        return []
    title, text = (
        (
            _("Finish the link at your bank"),
            _("Until then you cannot pay in or buy. Your bank's app takes a few minutes."),
        )
        if link.status == LinkStatus.AT_BANK
        else (
            _("Your bank is not linked"),
            _("Until then you cannot pay in or buy. Name another card or bank."),
        )
    )
    return [
        Card(
            key="accounts.bank",
            weight=Weight.DUTY,
            title=title,
            text=text,
            url=reverse("accounts:bank", args=[link.cash.application.ref]),
            action=_("Go on"),
        )
    ]
