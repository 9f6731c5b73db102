"""Corrections and withdrawals, and beside them the numbers of the desk."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from content.admin.numbers import numbers_view
from content.models import Correction


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """Corrections and withdrawals: how many had read what was wrong, and how many were told."""

    section = "insights"
    icon = "alert"
    order = 35
    list_display = ["title_shown", "kind", "readers", "told", "made_at", "finished_at"]
    list_filter = ["kind"]
    list_select_related = ["wrong"]
    fields = [
        "kind",
        "title_shown",
        "note_zh",
        "note_en",
        "made_by",
        "made_at",
        "readers",
        "told",
        "finished_at",
    ]
    readonly_fields = ["title_shown"]

    @admin.display(description=gettext_lazy("title"))
    def title_shown(self, row: Correction) -> str:
        return row.wrong.title

    def own_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(numbers_view)
        return [path("numbers/", view, name="content_numbers"), *super().own_urls()]
