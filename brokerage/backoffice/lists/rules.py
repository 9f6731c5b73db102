"""Rules and switches: proposed by one person, released by another, never changed afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from brokerage.backoffice.admin.base import ReadOnlyAdmin
from brokerage.reference.models import CalendarDay, Rule, Switch


class FourEyedAdmin(ReadOnlyAdmin):
    """Rows that a second person decides on the page of the row itself."""

    section = "rules"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")


@admin.register(Rule)
class RuleAdmin(FourEyedAdmin):
    """Dated figures with their legal basis."""

    icon = "book"
    order = 10
    list_display = ["key", "scope", "valid_from", "valid_to", "decision"]
    list_filter = ["decision"]
    search_fields = ["key"]


@admin.register(Switch)
class SwitchAdmin(FourEyedAdmin):
    """What is on or off, and since when."""

    icon = "swap"
    order = 20
    list_display = ["key", "is_on", "starts_at", "decision"]
    list_filter = ["decision"]
    search_fields = ["key"]


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnlyAdmin):
    """Working and trading days."""

    section = "rules"
    icon = "cal"
    order = 30

    def get_list_display(self, request: Any) -> list[Any]:
        return [f.name for f in self.opts.concrete_fields if f.name != "id"][:5]
