"""Papers of mandates: added while one is under way, never changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from products.mandate_states import PaperKind
from products.models import MandatePaper
from products.use_cases.filing_papers import add_paper
from products.use_cases.refusals import UnableToList


class PaperForm(AddingForm):
    """A PDF with what it is."""

    upload = forms.FileField(label=gettext_lazy("file (PDF)"))

    class Meta:
        model = MandatePaper
        fields = ("mandate", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only_under_way(self)


def only_under_way(form: AddingForm) -> None:
    """Offer the mandates under way; on the page of one that stands there is no such field."""
    if "mandate" in form.fields:
        mandates: Any = form.fields["mandate"]
        mandates.queryset = mandates.queryset.under_way().select_related("referral__customer")


@admin.register(MandatePaper)
class MandatePaperAdmin(AddsAdmin):
    """Papers of mandates; none is changed."""

    section = "products"
    icon = "file"
    order = 75
    form = PaperForm
    refusals = (UnableToList,)
    list_display = ["mandate", "kind", "added_at"]
    list_filter = ["kind"]
    list_select_related = ["mandate__referral__customer"]
    readonly_fields = ["added_at", "who"]
    add_label = gettext_lazy("Add a paper")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["mandate", "kind"]
        return [*asked, "upload"] if obj is None else [*asked, *self.readonly_fields]

    @admin.display(description=gettext_lazy("added by"))
    def who(self, row: MandatePaper) -> str:
        return name_of(row.added_by_ref) if row.pk else ""

    def files_of(self, row: MandatePaper) -> list[tuple[UUID, str]]:
        return [(row.file.ref, str(row.get_kind_display()))]

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return add_paper(
            mandate=row.mandate,
            kind=PaperKind(row.kind),
            upload=form.cleaned_data["upload"],
            by=user_of(request),
            at=clock.now(),
        )
