"""Days given up with four eyes, and accounts of the counter whose customer is not kept here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.backoffice.admin.adds import AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from holdings.models import UnknownAccount, WaivedDay
from holdings.use_cases.waive_day import UnableToWaive, propose_waiver


@admin.register(WaivedDay)
class WaivedDayAdmin(AddsAdmin):
    """Days that averages leave out: proposed by operations, decided by compliance."""

    section = "business"
    icon = "cal"
    order = 42
    refusals: ClassVar[tuple[type[Exception], ...]] = (UnableToWaive,)
    list_display = ["day", "reason", "decision", "made_at"]
    list_filter = ["decision"]
    readonly_fields = ["proposed_by", "made_at", "decision", "checked_at", "rejection_reason"]
    add_label = gettext_lazy("Give a day up")

    def title_of(self, row: WaivedDay) -> str:
        return f"{row.day:%Y-%m-%d}"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["day", "reason"] if obj is None else ["day", "reason", *self.readonly_fields]

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: WaivedDay) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return propose_waiver(
            day=row.day, reason=row.reason, maker=user_of(request), at=clock.now()
        )


@admin.register(UnknownAccount)
class UnknownAccountAdmin(ReadOnlyAdmin):
    """What files say of these accounts is left out until their customer is kept here."""

    section = "business"
    icon = "search"
    order = 43
    list_display = ["ref", "customer_ref", "kind", "opened_on", "closed_on"]
    list_filter = ["kind"]
    fields = ["ref", "customer_ref", "kind", "opened_on", "closed_on", "told_by"]

    def title_of(self, row: UnknownAccount) -> str:
        return str(row.ref)
