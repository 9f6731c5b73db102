"""Markets that customers have opened later."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import MarketWish
from brokerage.backoffice.admin import ReadOnlyAdmin


@admin.register(MarketWish)
class MarketWishAdmin(ReadOnlyAdmin):
    """Customers who ask for another market: signed, counted, opened or refused."""

    section = "business"
    icon = "swap"
    order = 18
    list_display = ["__str__", "application", "status", "market", "refusal", "signed_at"]
    list_filter = ["status"]
    list_select_related = ["application"]
    fields = ["application", "market", "status", "text", "asked_at", "text_opened_at"]
    fields += ["text_read_at", "signed_at", "refusal", "ended_at", "sealed_at", "seal_problem"]
