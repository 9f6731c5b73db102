"""Pages of one object beside its form: journal, decision, reveal; and search and export."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from brokerage.backoffice import exports, four_eyes, reveals
from brokerage.backoffice.admin import search
from brokerage.backoffice.admin.cells import cell, label_of
from brokerage.backoffice.admin.masks import encrypted_fields
from brokerage.backoffice.forms import DecisionForm, ExportForm, RevealForm
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.core.four_eyes import Decision, FourEyed, FourEyesRefused
from brokerage.journal.selectors import timeline
from brokerage.users.stepup import require_step_up

SHOWN = 8  # entries of the journal beside an object


class ObjectPages:
    """Views that ScopedAdmin adds to Django's; each takes its object from `get_object`."""

    admin_site: Any
    model: Any
    opts: Any

    def changelist_view(self: Any, request: HttpRequest, extra_context: Any = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        token = request.GET.get("q", "")
        context = {
            "searched": self.searched(request, token) or token,
            "may_search": bool(self.search_by or self.search_fields),
            "search_url": reverse(self.url_name("search")),
            "search_help": self.search_help,
            "export_url": self._export_url(request),
            "may_add": self.has_add_permission(request),
            "add_url": reverse(self.url_name("add")),
            "add_label": self.add_label,
        }
        return super().changelist_view(  # type: ignore[misc]  # of the class beside it
            request, context | (extra_context or {})
        )

    def render_change_form(
        self: Any, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        context["add_label"] = self.add_label
        if row is not None:
            context |= self._beside(request, row)
        response: HttpResponse = super().render_change_form(  # type: ignore[misc]  # of the class beside it
            request, context, *args, **kwargs
        )
        return response

    def history_view(self: Any, request: HttpRequest, object_id: str, extra: Any = None) -> Any:
        """The journal of one object."""
        row = self._row(request, object_id)
        lines = timeline(self.opts.label_lower, row.ref, limit=500, staff=True)
        return self._page(request, "admin/object_history.html", row, {"lines": lines})

    def search_view(self: Any, request: HttpRequest) -> HttpResponse:
        """Take the words of the search box by POST and show the list for their token."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        term = request.POST.get("term", "").strip() if request.method == "POST" else ""
        url = reverse(self.url_name("changelist"))
        if not term:
            return redirect(url)
        if self.search_fields and not search.conditions(term, self.search_by):
            return redirect(f"{url}?{urlencode({'q': term})}")
        token = search.token_for(term, user=request.user, label=self.opts.label_lower)
        return redirect(f"{url}?{urlencode({'q': token})}")

    def decide_view(self: Any, request: HttpRequest, ref: UUID) -> HttpResponse:
        """Approve or reject what another person made."""
        row = self._row(request, ref)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect(self.object_url(row))
        return self._decide(request, row)

    def _decide(self: Any, request: HttpRequest, row: Any) -> HttpResponse:
        form = DecisionForm(request.POST)
        if not form.is_valid():
            self.message_user(request, _("Choose approve or reject."), "error")
            return redirect(self.object_url(row))
        try:
            four_eyes.decide(
                model=self.model,
                ref=row.ref,
                checker=user_of(request),
                decision=Decision(form.cleaned_data["decision"]),
                reason=form.cleaned_data["reason"],
                at=clock.now(),
            )
        except FourEyesRefused as error:
            self.message_user(request, str(error), "error")
        else:
            self.message_user(request, _("Your decision is recorded."))
        return redirect(self.object_url(row))

    def reveal_view(self: Any, request: HttpRequest, ref: UUID, field: str) -> HttpResponse:
        """Ask for a purpose, prove it is you, and show one value once."""
        row = self._row(request, ref)
        if not self.has_reveal_permission(request, row):
            raise PermissionDenied
        if field not in self.revealed:
            raise Http404
        return require_step_up(self._reveal)(request, row=row, field=field)

    def _reveal(self: Any, request: HttpRequest, *, row: Any, field: str) -> HttpResponse:
        form = RevealForm(request.POST if request.method == "POST" else None)
        value = None
        if form.is_valid():
            try:
                value = reveals.reveal(
                    row=row,
                    field=field,
                    user=user_of(request),
                    purpose=form.cleaned_data["purpose"],
                    reason=form.cleaned_data["reason"],
                    at=clock.now(),
                )
            except reveals.UnableToReveal as error:
                form.add_error(None, str(error))
        label = encrypted_fields(self.model)[field].verbose_name
        context = {"form": form, "value": value, "label": label}
        return self._page(request, "admin/reveal.html", row, context)

    def export_view(self: Any, request: HttpRequest) -> HttpResponse:
        """Ask for this list in a file; a second person agrees before it is made."""
        if not (self.has_view_permission(request) and self.has_export_permission(request)):
            raise PermissionDenied
        return require_step_up(self._export)(request)

    def _export(self: Any, request: HttpRequest) -> HttpResponse:
        form = ExportForm(request.POST if request.method == "POST" else None)
        try:
            chosen = self.get_changelist_instance(request).get_filters_params()
        except IncorrectLookupParameters:
            raise Http404 from None
        if form.is_valid():
            made = exports.request_export(
                model_label=self.opts.label,
                filters={name: list(values) for name, values in chosen.items()},
                purpose=form.cleaned_data["purpose"],
                reason=form.cleaned_data["reason"],
                maker=user_of(request),
                at=clock.now(),
            )
            self.message_user(request, _("Asked for. A second person has to agree."))
            return redirect(self.admin_site.url_of(made) or reverse(self.url_name("changelist")))
        context = {"form": form, "columns": [label_of(self, name) for name in self.export_columns]}
        return self._page(request, "admin/export.html", None, context)

    # --- helpers ----------------------------------------------------------------------------
    def _row(self: Any, request: HttpRequest, ref: UUID | str) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, str(ref))
        if row is None:
            raise Http404
        return row

    def _beside(self: Any, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What stands beside the form of an object."""
        names = self._read_only_names(request, row)
        found: dict[str, Any] = {
            "row": row,
            "row_title": self.title_of(row),
            "has_ref": self.reference == "ref",
            "details": [cell(self, row, name, reader=request) for name in names],
            "revealed": self.revealed if self.has_reveal_permission(request, row) else (),
        }
        if self.reference == "ref":
            lines = timeline(self.opts.label_lower, row.ref, limit=SHOWN, staff=True)
            found["lines"] = lines
            found["history_url"] = reverse(self.url_name("history"), args=[row.ref])
        waits = isinstance(row, FourEyed) and row.is_pending
        if waits and self.has_decide_permission(request):
            found["decide_url"] = reverse(self.url_name("decide"), args=[row.ref])
            found["is_maker"] = row.made_by_ref == user_of(request).ref
        return found

    def _read_only_names(self: Any, request: HttpRequest, row: Any) -> list[Any]:
        """Fields that the page shows as text, in their order."""
        names = flatten_fieldsets(self.get_fieldsets(request, row))
        if not self.has_change_permission(request, row):
            return list(names)
        fixed = self.get_readonly_fields(request, row)
        return [name for name in names if name in fixed]

    def _page(
        self: Any, request: HttpRequest, template: str, row: Any, context: dict[str, Any]
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            template,
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "row": row,
                "row_title": self.title_of(row) if row is not None else "",
                "row_url": self.object_url(row) if row is not None else "",
                "list_url": reverse(self.url_name("changelist")),
                **context,
            },
        )

    def _export_url(self: Any, request: HttpRequest) -> str:
        if not self.has_export_permission(request):
            return ""
        query = request.GET.urlencode()
        return reverse(self.url_name("export")) + (f"?{query}" if query else "")
