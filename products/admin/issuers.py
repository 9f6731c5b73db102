"""Issuers and our looks at them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.adds import AddsAdmin, acting
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.core.display import formats
from products.models import Issuer, Vetting
from products.use_cases.listing import name_issuer, propose_vetting
from products.use_cases.refusals import UnableToList

COLUMNS = ("credit_code", "name_zh", "name_en", "is_related")


@admin.register(Issuer)
class IssuerAdmin(AddsAdmin):
    """Whose products may be sold, with until when our look at them counts."""

    section = "products"
    icon = "shield"
    order = 60
    refusals = (UnableToList,)
    list_display = ["name", "credit_code", "is_related"]
    list_filter = ["is_related"]
    search_fields = ["name_zh", "name_en", "credit_code"]
    readonly_fields = ["vetted"]
    add_label = gettext_lazy("Register an issuer")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return list(COLUMNS) if obj is None else [*COLUMNS, "vetted"]

    @admin.display(description=pgettext_lazy("product", "name"))
    def name(self, row: Issuer) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("vettings"))
    def vetted(self, row: Issuer) -> SafeString | str:
        """Newest first, what waits among them."""
        lines = [
            (
                formats.day(each.valid_from, year=True),
                formats.day(each.valid_to, year=True),
                each.get_decision_display(),
                each.findings,
            )
            for each in row.vettings.order_by("-valid_from", "-pk")
        ]
        return format_html_join(SafeString("<br>"), "{} – {} · {} · {}", lines) or "–"

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return name_issuer(**acting(request), **{name: getattr(row, name) for name in COLUMNS})


@admin.register(Vetting)
class VettingAdmin(AddsAdmin):
    """Looks at issuers: proposed here, approved by a second person."""

    section = "products"
    icon = "eye"
    order = 61
    refusals = (UnableToList,)
    list_display = ["issuer", "valid_from", "valid_to", "decision"]
    list_filter = ["decision"]
    list_select_related = ["issuer"]
    readonly_fields = ["proposed_by", "made_at", "decision", "checked_at", "rejection_reason"]
    add_label = gettext_lazy("Propose a vetting")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["issuer", "findings", "valid_from", "valid_to"]
        return asked if obj is None else [*asked, *self.readonly_fields]

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: Vetting) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return propose_vetting(
            issuer=row.issuer,
            findings=row.findings,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            maker=user_of(request),
            at=clock.now(),
        )
