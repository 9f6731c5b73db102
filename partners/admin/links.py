"""Links by which customers of institutions come."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from partners.models import EntryLink


@admin.register(EntryLink)
class EntryLinkAdmin(ReadOnlyAdmin):
    """Links by which customers come."""

    list_display = ["ref", "partner", "partner_reference", "code", "expires_at"]
    list_filter = ["partner"]
    list_select_related = ["partner", "code"]
    fields = ["ref", "partner", "partner_reference", "code", "expires_at", "created_at"]

    @admin.display(description=gettext_lazy("expires at"))
    def expires_at(self, row: EntryLink) -> datetime:
        return row.expires_at
