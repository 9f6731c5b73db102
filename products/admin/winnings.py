"""What was won and waits for, or had, its second person."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.backoffice.admin.cells import EMPTY
from brokerage.backoffice.people import with_name
from products.admin.made_and_checked import MadeAndChecked
from products.models import Referral, Winning


def waits(referral: Referral) -> bool:
    """Whether it was said to be won and nobody has looked yet."""
    found: bool = referral.winnings.pending().exists()
    return found


def winning_link(referral: Referral) -> str:
    """The newest winning of a referral with its decision, linked; a dash where there is none."""
    found = referral.winnings.order_by("-pk").first()
    if found is None:
        return EMPTY
    url = reverse("admin:products_winning_change", args=[found.ref])
    return format_html('<a href="{}">{}</a>', url, found.get_decision_display())


@admin.register(Winning)
class WinningAdmin(MadeAndChecked, ReadOnlyAdmin):
    """What referrals earned, as one person said it; another one decides."""

    section = "products"
    icon = "check"
    order = 71
    list_display = ["made_at", "referral", "revenue", "said_by", "decision"]
    list_filter = ["decision"]
    list_select_related = ["referral__customer"]
    fields = ["referral", "revenue", "note", "said_by", "made_at"]
    fields += ["decision", "checked", "checked_at", "rejection_reason"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_name(super().get_queryset(request), "made_by_ref")

    @admin.display(description=gettext_lazy("made by"))
    def said_by(self, row: Winning) -> str:
        return getattr(row, "person_name", "") or str(row.made_by_ref)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")
