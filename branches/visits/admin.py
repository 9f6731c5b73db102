"""Visits, wait-list and blocked time in the back office; the pages of the counter hang here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.visits.about import about
from branches.visits.desk import figures, queue, week
from branches.visits.desk.common import may_plan
from branches.visits.desk.moving import move_view
from branches.visits.models import BlockedTime, Purpose, Visit, WaitEntry
from branches.visits.purposes_form import PurposeForm, save_purpose
from brokerage.backoffice.admin import ReadOnlyAdmin, ScopedAdmin
from brokerage.backoffice.people import user_of


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    """Every visit of one's outlets; what happens to it is done in the queue and the week."""

    section = "today"
    icon = "cal"
    order = 30
    change_form_template = "admin/visits/visit.html"
    list_display = ["day", "starts_at", "unit", "purpose", "status", "host", "ticket_text"]
    list_filter = ["status", "unit", "purpose"]
    list_select_related = ["unit", "purpose", "host"]
    export_columns = ("day", "starts_at", "unit", "purpose", "status", "host")
    fields = [
        "unit",
        "purpose",
        "status",
        "day",
        "starts_at",
        "ends_at",
        "host",
        "room",
        "customer",
        "ticket_text",
        "arrived_at",
        "called_at",
        "desk",
        "served_by",
        "serving_from",
        "ended_at",
        "sequence",
        "about",
    ]

    @admin.display(description=_("ticket"))
    def ticket_text(self, row: Visit) -> str:
        return row.ticket_text

    @admin.display(description=_("what it is about"))
    def about(self, row: Visit) -> str:
        return about(row) or "–"

    def title_of(self, row: Visit) -> str:
        return f"{row.unit.name}, {row.purpose.name}"

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        pages = [
            ("queue/", queue.choose, "queues"),
            ("queue/<slug:outlet>/", queue.queue_view, "queue"),
            ("week/<slug:outlet>/", week.week_view, "week"),
            ("missed/", figures.missed_view, "missed"),
            ("<uuid:ref>/move/", move_view, "move"),
        ]
        own = [path(at, wrap(view), name=f"branches_visit_{name}") for at, view, name in pages]
        return [*own, *super().own_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context["queue_url"] = reverse(self.url_name("queue"), args=[row.unit.code])
            if row.is_ahead and may_plan(request):
                context["move_url"] = reverse(self.url_name("move"), args=[row.ref])
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Purpose)
class PurposeAdmin(ScopedAdmin):
    """Why customers come: how long it takes, who serves it, what to bring."""

    section = "visits"
    icon = "list"
    order = 44
    key = "code"
    search_by = ()
    add_label = _("Add a purpose")
    list_display = ["name", "minutes", "service", "room_kind", "bookable"]
    list_select_related = ["service"]
    list_filter = ["bookable"]
    form = PurposeForm

    @admin.display(description=pgettext_lazy("visit", "purpose"))
    def name(self, row: Purpose) -> str:
        return row.name

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_purpose(user_of(request), obj, change=change, changed=form.changed_data)


@admin.register(WaitEntry)
class WaitEntryAdmin(ReadOnlyAdmin):
    """Who waits for a time at one's outlets."""

    section = "visits"
    icon = "clock"
    order = 45
    list_display = ["created_at", "unit", "purpose", "status", "first_day", "last_day"]
    list_filter = ["status", "unit"]
    list_select_related = ["unit", "purpose"]
    fields = [
        "unit",
        "purpose",
        "status",
        "customer",
        "first_day",
        "last_day",
        "visit",
        "created_at",
        "ended_at",
    ]


@admin.register(BlockedTime)
class BlockedTimeAdmin(ReadOnlyAdmin):
    """Hours of people and rooms that cannot be booked; made and released in the week."""

    section = "visits"
    icon = "pause"
    order = 46
    list_display = ["starts_at", "ends_at", "unit", "person", "room", "note", "released_at"]
    list_filter = ["unit"]
    list_select_related = ["unit", "person", "room"]
    fields = ["unit", "person", "room", "starts_at", "ends_at", "note", "released_at"]
