"""Versions of the papers, and the draft of the next one."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import Act, ReadOnlyAdmin
from brokerage.backoffice.admin.acts import ActForm
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock, scope
from suitability.admin.paper_pages import PaperPages
from suitability.models import PaperDraft, Questionnaire
from suitability.paper_checks import problems_of, reach_of
from suitability.papers import compared, shown_paper
from suitability.use_cases.drafting import (
    UnableToDraft,
    draft_paper,
    drop_draft,
    propose_paper,
)

RIGHT = "suitability.change_paperdraft"


@admin.register(Questionnaire)
class QuestionnaireAdmin(ReadOnlyAdmin):
    """Versions of the papers with their dates and signatures, readable, and compared."""

    section = "rules"
    icon = "list"
    list_display = ["key", "valid_from", "valid_to", "decision"]
    list_filter = ["decision"]
    fields = ["key", "valid_from", "valid_to", "confidence", "legal_basis", "source"]
    fields += ["change_note", "fingerprint", "proposed_by", "decision", "checked_at"]
    fields += ["rejection_reason"]
    change_form_template = "admin/suitability/questionnaire.html"

    @admin.display(description=gettext_lazy("fingerprint of the content"))
    def fingerprint(self, row: Questionnaire) -> str:
        return row.content_hash

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: Questionnaire) -> str:
        return name_of(row.made_by_ref)

    def own_urls(self) -> list[URLPattern]:
        page = path(
            "<uuid:ref>/compare/<uuid:other>/",
            self.admin_site.admin_view(self.compare_view),
            name="suitability_questionnaire_compare",
        )
        return [page, *super().own_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            others = self.get_queryset(request).filter(key=row.key).exclude(pk=row.pk)
            context["paper"] = shown_paper(row.value)
            context["others"] = [
                (reverse(self.url_name("compare"), args=[row.ref, each.ref]), each)
                for each in others.order_by("-valid_from", "-pk")[:10]
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def compare_view(self, request: HttpRequest, ref: UUID, other: UUID) -> HttpResponse:
        """What differs between two versions of one paper, the earlier one first."""
        one, two = self._row(request, ref), self._row(request, other)
        if one.key != two.key:
            raise Http404
        old, new = sorted((one, two), key=lambda row: (row.valid_from, row.pk))
        context = {"old": old, "new": new, "differences": compared(old.value, new.value)}
        return self._page(request, "admin/suitability/compare.html", one, context)


class DraftForm(AddingForm):
    """From which version, when the new one begins, and what changes."""

    class Meta:
        model = PaperDraft
        fields = ("base", "valid_from", "change_note")


class DateForm(ActForm):
    """The first day of the version."""

    valid_from = forms.DateField(
        label=gettext_lazy("valid from"),
        help_text=gettext_lazy("Tomorrow at the earliest, and after the approval."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, row: PaperDraft, **kwargs: Any) -> None:
        super().__init__(*args, row=row, initial={"valid_from": row.valid_from}, **kwargs)


def _propose(request: HttpRequest, row: PaperDraft, values: dict[str, Any]) -> str:
    propose_paper(
        draft=row, valid_from=values["valid_from"], editor=user_of(request), at=clock.now()
    )
    return _("Proposed. Another compliance officer has to approve it.")


def _drop(request: HttpRequest, row: PaperDraft, values: dict[str, Any]) -> str:
    drop_draft(draft=row, editor=user_of(request), at=clock.now())
    return _("The draft is given up.")


def _is_fit(user: Any, row: PaperDraft) -> bool:
    return row.is_open and not problems_of(row.content)


@admin.register(PaperDraft)
class PaperDraftAdmin(PaperPages, AddsAdmin):
    """The next version of a paper: each question a page of its own, problems beside them."""

    section = "rules"
    icon = "edit"
    order = 51
    form = DraftForm
    refusals: ClassVar = (UnableToDraft,)
    add_label = gettext_lazy("Draft a version")
    list_display = ["key", "valid_from", "change_note", "state"]
    list_select_related = ["proposed", "base"]
    change_form_template = "admin/suitability/draft.html"
    acts = (
        Act(
            key="propose",
            title=gettext_lazy("Propose it"),
            button=gettext_lazy("Propose it"),
            right=RIGHT,
            form=DateForm,
            run=_propose,
            shown=_is_fit,
            refusals=(UnableToDraft,),
            note=gettext_lazy("A compliance officer who has not written in it approves it."),
        ),
        Act(
            key="drop",
            title=gettext_lazy("Give the draft up"),
            button=gettext_lazy("Give the draft up"),
            right=RIGHT,
            run=_drop,
            shown=lambda user, row: row.is_open,
            refusals=(UnableToDraft,),
            kind="stop",
        ),
    )

    @admin.display(description=gettext_lazy("status"))
    def state(self, row: PaperDraft) -> str:
        if row.closed_at:
            return _("in force") if row.proposed and row.proposed.is_approved else _("given up")
        if row.is_open:
            return _("being written")
        return _("waits for a second person")

    @admin.display(description=gettext_lazy("written by"))
    def writers(self, row: PaperDraft) -> str:
        return ", ".join(name_of(UUID(ref)) for ref in row.hands)

    @admin.display(description=pgettext_lazy("questionnaire", "points"))
    def points(self, row: PaperDraft) -> str:
        least, most = reach_of(row.content)
        return f"{least}–{most}"

    @admin.display(description=gettext_lazy("reason of the rejection"))
    def rejected(self, row: PaperDraft) -> str:
        return row.proposed.rejection_reason if row.proposed else ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["base", "valid_from", "change_note"]
        shown = ["key", "base", "valid_from", "change_note", "state", "points", "writers"]
        return [*shown, "rejected"] if self.rejected(obj) else shown

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "base" and field is not None:
            approved = Questionnaire.objects.approved().order_by("key", "-valid_from")
            field.queryset = scope.visible(approved, request.user)
        return field

    def add(self, request: HttpRequest, row: Any, form: Any) -> PaperDraft:
        return draft_paper(
            base=row.base,
            valid_from=row.valid_from,
            note=row.change_note,
            maker=user_of(request),
            at=clock.now(),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None:
            context |= self.draft_context(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def may_write(self, request: HttpRequest, row: PaperDraft) -> bool:
        """Whether this person may change the draft now."""
        return row.is_open and self.may(request, "change")

    def writable(self, request: HttpRequest, ref: UUID) -> PaperDraft:
        """The draft for a page that changes it."""
        row: PaperDraft = self._row(request, ref)
        if not self.may(request, "change"):
            raise PermissionDenied
        return row
