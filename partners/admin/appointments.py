"""Times that institutions booked for people; the visit itself is the outlet's."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from partners.models import Appointment


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    """With the proof that the person agreed, and where the visit stands."""

    section = "partners"
    icon = "cal"
    order = 46
    list_display = ["partner_reference", "partner", "outlet", "asked_for", "stands"]
    list_filter = ["partner"]
    list_select_related: ClassVar = ["partner", "visit__unit"]
    fields = ["partner", "partner_reference", "lead", "outlet", "asked_for", "stands"]
    fields += ["cancelled_at", "consented_at", "consent_reference", "consent_sha256"]
    fields += ["rule_version", "created_at"]
    readonly_fields = ["outlet", "stands"]

    @admin.display(description=gettext_lazy("outlet"))
    def outlet(self, row: Appointment) -> str:
        return row.visit.unit.name

    @admin.display(description=gettext_lazy("status"))
    def stands(self, row: Appointment) -> str:
        return str(row.visit.get_status_display())
