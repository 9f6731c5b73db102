"""What those who control read: the journal, looks at personal data, exports."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice import exports
from brokerage.backoffice.admin.base import ReadOnlyAdmin
from brokerage.backoffice.models import Export, Reveal
from brokerage.backoffice.people import with_name
from brokerage.core import clock
from brokerage.journal.models import Entry


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Everything that happened; nobody changes it."""

    section = "control"
    icon = "book"
    order = 10
    list_display = ["at", "kind", "subject_type", "actor_name", "reason"]
    list_filter = ["actor_kind"]


@admin.register(Reveal)
class RevealAdmin(ReadOnlyAdmin):
    """Who looked at personal data in plain text, and why."""

    section = "control"
    icon = "eye"
    order = 20
    list_display = ["at", "who", "subject_type", "field", "purpose", "reason"]
    list_filter = ["purpose"]
    fields = ["at", "who", "subject_type", "subject_ref", "field", "purpose", "reason"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_name(super().get_queryset(request), "user_ref")

    @admin.display(description=_("who"))
    def who(self, row: Reveal) -> str:
        return getattr(row, "person_name", "") or str(row.user_ref)


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Lists that people asked for; a second person releases each."""

    section = "control"
    icon = "out"
    order = 30
    list_display = ["made_at", "list_name", "who", "purpose", "decision", "row_count"]
    list_filter = ["decision", "purpose"]
    fields = [
        "list_name",
        "who",
        "made_at",
        "purpose",
        "reason",
        "filters",
        "decision",
        "checked_at",
        "rejection_reason",
        "row_count",
        "finished_at",
        "file",
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_name(super().get_queryset(request), "made_by_ref")

    @admin.display(description=_("list"))
    def list_name(self, row: Export) -> str:
        found = next((m for m in admin.site._registry if m._meta.label == row.model_label), None)
        return str(found._meta.verbose_name_plural) if found else row.model_label

    @admin.display(description=_("who"))
    def who(self, row: Export) -> str:
        return getattr(row, "person_name", "") or str(row.made_by_ref)

    @admin.display(description=_("file"))
    def file(self, row: Export) -> str:
        if row.finished_at is None or row.finished_at < clock.now() - exports.KEPT:
            return "–"
        url = reverse("admin:export_file", args=[row.ref])
        return format_html('<a href="{}">{}</a>', url, _("Fetch (its maker only)"))

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")
