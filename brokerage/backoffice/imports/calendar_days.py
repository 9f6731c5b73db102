"""The announced calendar: days of a year that was provisional so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.imports.importer import Column, Importer, Values
from brokerage.reference.models import CalendarDay, Market
from brokerage.reference.origin import Origin
from brokerage.users.models import User


class Flag(forms.ChoiceField):
    """1 or 0."""

    def __init__(self, **options: Any) -> None:
        choices = [("1", "1"), ("0", "0")]
        messages = {"invalid_choice": _("Write 1 for yes or 0 for no.")}
        super().__init__(choices=choices, error_messages=messages, **options)

    def clean(self, value: Any) -> bool:
        return str(super().clean(value)) == "1"


class CalendarDays(Importer):
    """Says of known days whether they are worked and traded; it adds no day and leaves no gap."""

    key = "calendar-days"
    label = _("Calendar days")
    intro = _("Announced working and trading days of a year that was provisional so far.")
    icon = "cal"
    permission = "reference.change_calendarday"
    columns = (
        Column(
            "market",
            forms.ChoiceField(
                label=_("Market"),
                choices=Market.choices,
                help_text=_("CN for the mainland exchanges, SB for Stock Connect southbound."),
                error_messages={"invalid_choice": _("Write CN or SB.")},
            ),
            "CN",
        ),
        Column("day", forms.DateField(label=_("Date")), "2027-10-01", also=("Day",)),
        Column("working", Flag(label=_("Working day"), help_text=_("1 for yes, 0 for no")), "0"),
        Column("trading", Flag(label=_("Trading day"), help_text=_("1 for yes, 0 for no")), "0"),
        Column(
            "name_zh",
            forms.CharField(label=_("Holiday, Chinese"), max_length=40, required=False),
            "国庆节",
        ),
        Column(
            "name_en",
            forms.CharField(label=_("Holiday, English"), max_length=60, required=False),
            "National Day",
        ),
        Column(
            "source",
            forms.CharField(
                label=_("Source"), max_length=300, help_text=_("The announcement and its date.")
            ),
            "国务院办公厅通知",
        ),
    )
    unique = ("market", "day")

    def facts(self, rows: Sequence[Values], *, user: User) -> Any:
        days = [row["day"] for row in rows if "day" in row]
        return set(CalendarDay.objects.filter(day__in=days).values_list("market", "day"))

    def check(self, row: Values, facts: Any, *, user: User) -> None:
        if (row["market"], row["day"]) not in facts:
            raise ValidationError({"day": _("The calendar does not reach this day yet.")})
        if row["trading"] and not row["working"]:
            raise ValidationError({"trading": _("A trading day is a working day.")})
        if row["trading"] and row["day"].weekday() > 4:
            raise ValidationError({"trading": _("Exchanges never trade at weekends.")})

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        CalendarDay.objects.filter(market=row["market"], day=row["day"]).update(
            is_working=row["working"],
            is_trading=row["trading"],
            is_provisional=False,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            source=row["source"],
            origin=Origin.FIRM,
        )
        return None


CALENDAR_DAYS = CalendarDays()
