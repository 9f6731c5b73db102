"""Institutions, their clients and links; what changes them comes with contracts."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from partners.models import ApiClient, EntryLink, Partner


@admin.register(Partner)
class PartnerAdmin(ReadOnlyAdmin):
    """Who we work with."""

    section = "business"
    icon = "link"
    order = 40
    list_display = ["name_zh", "name_en", "kind", "status"]
    list_filter = ["kind", "status"]
    search_fields = ["name_zh", "name_en"]


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnlyAdmin):
    """Which programs may call; secrets are never shown."""

    section = "business"
    icon = "key"
    order = 41
    list_display = ["name", "partner", "suspended_at", "created_at"]
    list_filter = ["partner"]
    list_select_related = ["partner"]


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
