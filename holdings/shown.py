"""What pages of holdings show: a customer's assets, to them and to staff alike; corrected rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from brokerage.core.display import formats
from brokerage.core.display.charts import MOST_SLICES, Point
from holdings.models import FileChange
from holdings.selectors.averages import lacking_days
from holdings.selectors.portfolio import Portfolio

SHOWN_DAYS = 10
MOST_TOLD = 10
"""So many days are told one by one."""
FIGURES: dict[str, Any] = {
    "quantity": pgettext_lazy("security", "units"),
    "price": gettext_lazy("price"),
    "value": pgettext_lazy("security", "value"),
    "cost": gettext_lazy("cost"),
    "amount": gettext_lazy("amount"),
    "frozen": gettext_lazy("held"),
    "borrowed_cash": gettext_lazy("borrowed money"),
    "borrowed_securities": gettext_lazy("borrowed securities"),
    "side": pgettext_lazy("trade", "side"),
    "fees": pgettext_lazy("trade", "fees"),
    "opened_on": pgettext_lazy("account", "opened on"),
    "closed_on": pgettext_lazy("account", "closed on"),
    "kind": gettext_lazy("kind"),
    "board": gettext_lazy("board"),
    "name_zh": gettext_lazy("Chinese name"),
    "name_en": gettext_lazy("English name"),
    "matures_on": gettext_lazy("matures on"),
    "currency": gettext_lazy("currency"),
    "rate": gettext_lazy("exchange rate"),
}
"""The figures of a corrected row in words."""


def context_of(found: Portfolio, today: date) -> dict[str, Any]:
    """What the templates under `holdings/parts` need: ring, history, days, and what lacks."""
    oldest, last = found.days[:SHOWN_DAYS][-1].day, today - timedelta(days=1)
    lacking = lacking_days(oldest, last)
    return {
        "found": found,
        "parts": _parts(found),
        "history": _history(found),
        "days": found.days[:SHOWN_DAYS],
        "late": in_words(lacking.late),
        "left_out": in_words(lacking.left_out),
        "owes": any(day.borrowed_cash or day.borrowed_securities for day in found.days),
    }


def in_words(days: list[date]) -> str:
    """Days in a row, the last ones where they are many; empty for none."""
    told = _(", ").join(map(formats.day, days[-MOST_TOLD:]))
    if (more := len(days) - MOST_TOLD) <= 0:
        return told
    template = ngettext("{days} and {n} day before", "{days} and {n} days before", more)
    return template.format(days=told, n=formats.number(more))


def _parts(found: Portfolio) -> list[Point]:
    """The slices of the ring: classes and money, the smallest together where they are many."""
    money = pgettext("asset class", "Cash")
    rows = [(str(each.kind.label), each.value) for each in found.classes]
    rows.append((money, found.newest.cash))
    rows = sorted((row for row in rows if row[1]), key=lambda row: -row[1])
    if len(rows) > MOST_SLICES:
        kept, rest = rows[: MOST_SLICES - 1], rows[MOST_SLICES - 1 :]
        rows = [
            *kept,
            (pgettext("asset class", "Others"), sum((row[1] for row in rest), Decimal())),
        ]
    return [Point(label, value, formats.money(value)) for label, value in rows]


def _history(found: Portfolio) -> list[Point]:
    """What counted at the end of each day, in the order of time."""
    return [
        Point(formats.day(day.day), day.counted, formats.money(day.counted))
        for day in reversed(found.days)
    ]


def corrected_figures(row: FileChange) -> str:
    """What a correction changed in a row: each figure with its name and both values."""
    before, after = row.before or {}, row.after or {}
    told = (
        _("{name} {before} → {after}").format(
            name=words, before=_figure(before.get(name)), after=_figure(after.get(name))
        )
        for name, words in FIGURES.items()
        if before.get(name) != after.get(name)
    )
    return _("; ").join(told)


def _figure(value: str | None) -> str:
    """A figure as people write it; words and days as they are."""
    if not value:
        return "–"
    try:
        return formats.number(Decimal(value))
    except InvalidOperation:
        return value
