"""Lists that people bring in: their preview, the second person's word, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.base import ReadOnlyAdmin
from brokerage.backoffice.imports import views
from brokerage.backoffice.imports.forms import UndoForm
from brokerage.backoffice.imports.importer import importers, label_of
from brokerage.backoffice.imports.preview import preview
from brokerage.backoffice.imports.refusals import UnableToImport
from brokerage.backoffice.imports.states import AT_WORK, Status
from brokerage.backoffice.imports.use_cases.propose_import import discard_import, propose_import
from brokerage.backoffice.imports.use_cases.undo_rows import start_undo
from brokerage.backoffice.imports.wording import read
from brokerage.backoffice.models import ImportRun
from brokerage.backoffice.people import user_of, with_name
from brokerage.core import clock
from brokerage.users.stepup import require_step_up

UNSEEN = (Status.RECEIVED, Status.UNREADABLE, Status.DISCARDED)
"""There is no row to show."""


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    """Files that somebody brought, from the preview to the end."""

    section = "business"
    icon = "down"
    order = 90
    change_form_template = "admin/imports/run.html"
    list_display = ["made_at", "list_name", "who", "status", "row_count", "bad_count"]
    list_filter = ["status"]
    fields = [
        "list_name",
        "who",
        "made_at",
        "status",
        "announced_count",
        "row_count",
        "bad_count",
        "taken_count",
        "failed_count",
        "checked_at",
        "rejection_reason",
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_name(super().get_queryset(request), "made_by_ref")

    @admin.display(description=gettext_lazy("list"))
    def list_name(self, row: ImportRun) -> str:
        return str(label_of(row.importer))

    @admin.display(description=gettext_lazy("who"))
    def who(self, row: ImportRun) -> str:
        return getattr(row, "person_name", "") or str(row.made_by_ref)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        bring = {
            "may_add": bool(views.mine(request.user)),
            "add_url": reverse("admin:import_choose"),
            "add_label": _("Import a list"),
        }
        return super().changelist_view(request, bring | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        run = kwargs.get("obj")
        if run is not None:
            context |= self._run(request, run)
        return super().render_change_form(request, context, *args, **kwargs)

    def _run(self, request: HttpRequest, run: ImportRun) -> dict[str, Any]:
        """What the page of a run shows beside its facts."""
        known = run.importer in importers
        own = run.made_by_ref == user_of(request).ref
        found: dict[str, Any] = {
            "run": run,
            "busy": run.status in AT_WORK,
            "progress_url": reverse(self.url_name("progress"), args=[run.ref]),
            "problem": read(run.problem),
            "may_propose": own and run.status == Status.READ,
            "act_url": reverse(self.url_name("act"), args=[run.ref]),
            "may_undo": known
            and importers.get(run.importer).can_undo
            and run.status == Status.TAKEN
            and self.may(request, "change"),
            "undo_url": reverse(self.url_name("undo"), args=[run.ref]),
        }
        if known and run.status not in UNSEEN:
            found["preview"] = preview(
                run,
                after=_number(request.GET.get("line")),
                only_errors="errors" in request.GET,
                reader=user_of(request),
            )
        return found

    def progress_view(self, request: HttpRequest, ref: UUID) -> HttpResponse:
        """How far it is, asked by the page every other second; at the end it loads anew."""
        run = self._row(request, ref)
        if run.status not in AT_WORK:
            return HttpResponse(headers={"HX-Refresh": "true"})
        context = {"run": run, "progress_url": request.path}
        return TemplateResponse(request, "admin/imports/progress.html", context)

    def act_view(self, request: HttpRequest, ref: UUID) -> HttpResponse:
        """Its maker proposes or discards it."""
        run = self._row(request, ref)
        if request.method != "POST":
            return redirect(self.object_url(run))
        user, at, act = user_of(request), clock.now(), request.POST.get("act")
        try:
            if act == "discard":
                discard_import(ref=run.ref, user=user, at=at)
                self.message_user(request, _("Discarded. Nothing was taken."))
            elif act in ("whole", "good"):
                propose_import(ref=run.ref, whole=act == "whole", user=user, at=at)
                self.message_user(request, _("Proposed. A second person has to release it."))
            else:
                raise UnableToImport(_("Choose what to do with this import."))
        except UnableToImport as error:
            self.message_user(request, str(error), "error")
        return redirect(self.object_url(run))

    def undo_view(self, request: HttpRequest, ref: UUID) -> HttpResponse:
        """Have it taken back, after a fresh proof."""
        run = self._row(request, ref)
        if not self.may(request, "change"):
            raise PermissionDenied
        if run.importer not in importers or not importers.get(run.importer).can_undo:
            raise Http404
        return require_step_up(self._undo)(request, run=run)

    def _undo(self, request: HttpRequest, *, run: ImportRun) -> HttpResponse:
        form = UndoForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                start_undo(
                    ref=run.ref,
                    user=user_of(request),
                    reason=form.cleaned_data["reason"],
                    at=clock.now(),
                )
            except UnableToImport as error:
                self.message_user(request, str(error), "error")
            return redirect(self.object_url(run))
        return self._page(request, "admin/imports/undo.html", run, {"form": form, "run": run})

    def own_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        base = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(f"<uuid:ref>/{page}/", wrap(view), name=f"{base}_{page}")
            for page, view in (
                ("progress", self.progress_view),
                ("act", self.act_view),
                ("undo", self.undo_view),
            )
        ]
        return [*own, *super().own_urls()]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0
