"""Institutions, their clients and links; what changes them comes with contracts."""

from django.contrib import admin

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

    list_display = ["ref", "partner", "partner_reference", "expires_at"]
    list_filter = ["partner"]
    list_select_related = ["partner"]
