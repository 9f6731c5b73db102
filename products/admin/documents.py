"""Papers of products: versions are added, none is changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from products.models import Document
from products.states import DocumentKind, Language
from products.use_cases.documenting import add_document
from products.use_cases.refusals import UnableToList


class DocumentForm(AddingForm):
    """A PDF with what it is."""

    upload = forms.FileField(label=gettext_lazy("file (PDF)"))

    class Meta:
        model = Document
        fields = ("product", "kind", "language")


@admin.register(Document)
class DocumentAdmin(AddsAdmin):
    """The newest version of each paper stands on the product's page."""

    section = "products"
    icon = "file"
    order = 67
    form = DocumentForm
    refusals = (UnableToList,)
    list_display = ["product", "kind", "language", "version", "added_at"]
    list_filter = ["kind", "language"]
    list_select_related = ["product__item"]
    readonly_fields = ["version", "added_at", "who"]
    add_label = gettext_lazy("Add a document")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["product", "kind", "language"]
        return [*asked, "upload"] if obj is None else [*asked, *self.readonly_fields]

    @admin.display(description=gettext_lazy("added by"))
    def who(self, row: Document) -> str:
        return name_of(row.added_by_ref) if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return add_document(
            product=row.product,
            kind=DocumentKind(row.kind),
            language=Language(row.language),
            upload=form.cleaned_data["upload"],
            by=user_of(request),
            at=clock.now(),
        )
