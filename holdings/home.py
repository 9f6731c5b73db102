"""The home card of a customer's assets, in the three reading modes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from brokerage.core import home_cards, scope
from brokerage.core.display import formats
from brokerage.core.home_cards import Card, Weight
from brokerage.users.models import Kind
from brokerage.users.models.user import ReadingMode
from holdings.models import AssetSnapshot

KEY = "holdings.assets"


def has_assets(on: date) -> Exists:
    """Whether a day of a log-in's assets is known, a fact of the home."""
    return Exists(AssetSnapshot.objects.filter(customer__user=OuterRef("pk")))


def cards(user: Any, at: datetime) -> Iterable[Card]:
    """One card for each reading mode; none before the first day is known. One query."""
    if getattr(user, "kind", "") != Kind.CUSTOMER:
        return []
    if not home_cards.fact(user, "holdings.has_assets", at):
        return []
    newest = list(scope.visible(AssetSnapshot, user).order_by("-day")[:2])
    return [_card(mode, newest) for mode in ReadingMode.values]


def _card(mode: str, days: list[AssetSnapshot]) -> Card:
    return Card(
        key=KEY,
        weight=Weight.FACT,
        title=_("My assets"),
        text=_text(mode, days[0]),
        url=reverse("holdings:assets"),
        action=_("See what I hold"),
        template="holdings/home_card.html",
        context={"newest": days[0], "before": days[1] if len(days) > 1 else None, "mode": mode},
        modes=frozenset({mode}),
    )


def _text(mode: str, newest: AssetSnapshot) -> str:
    """Whoever only trades reads what can be spent; the others where it lies."""
    day = formats.day(newest.day)
    if mode == ReadingMode.TRADE:
        return _("Cash at the close of {day}").format(day=day)
    if mode == ReadingMode.RESEARCH:
        return _("At the close of {day}, day by day and by class").format(day=day)
    return _("At the close of {day}").format(day=day)
