"""What the customer's home shows of an account that nobody uses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.dormancy.states import DormancyStatus
from accounts.models import Dormancy
from brokerage.core import home_cards
from brokerage.core.display import formats
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind


def rests(on: date) -> Exists:
    """Whether an account of a log-in is told of or at rest, a fact of the home."""
    rows = Dormancy.objects.open().exclude(status=DormancyStatus.WAKING)
    return Exists(rows.filter(application__customer__user=OuterRef("pk")))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One duty while the account is about to rest, or rests; one query."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return []
    if not home_cards.fact(user, "accounts.rests", at):
        return []
    rows = Dormancy.objects.open().filter(application__customer__user=user)
    rows = rows.exclude(status=DormancyStatus.WAKING)
    rest = rows.select_related("application").order_by("-pk").first()
    if rest is None:
        return []
    day = formats.day(rest.rests_on, year=True)
    if rest.status == DormancyStatus.TOLD:
        title = _("Your account is about to be limited")
        text = _("You have not used it for years. Wake it before {day}.").format(day=day)
    else:
        title = _("Your account is limited because nobody uses it")
        text = _("It has been limited since {day}. Waking it costs nothing.").format(day=day)
    return [
        Card(
            key="accounts.rest",
            weight=Weight.DUTY,
            title=title,
            text=text,
            url=reverse("accounts:wake", args=[rest.application.ref]),
            action=_("Wake my account"),
        )
    ]
