"""Proofs of qualified investors: taken down by who saw the document, agreed to by another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.core.money import YUAN
from products.admin.made_and_checked import MadeAndChecked
from products.models import QualifiedInvestor
from products.use_cases.qualifying import propose_qualified
from products.use_cases.refusals import UnableToList

ASKED = ("customer", "products", "fact", "as_of", "first_trade", "document")


class QualifiedForm(AddingForm):
    """What was shown: which fact, how much, of which day."""

    yuan = forms.DecimalField(
        label=pgettext_lazy("qualified investor", "proved amount in yuan"), min_value=0, **YUAN
    )

    class Meta:
        model = QualifiedInvestor
        fields = ASKED


@admin.register(QualifiedInvestor)
class QualifiedInvestorAdmin(MadeAndChecked, AddsAdmin):
    """Who may be shown and sold private funds or plans, and until when."""

    section = "products"
    icon = "shield"
    order = 79
    form = QualifiedForm
    refusals = (UnableToList,)
    list_display = ["made_at", "who", "products", "valid_to", "decision"]
    list_filter = ["products", "decision"]
    list_select_related = ["customer"]
    readonly_fields = ["who", "valid_from", "valid_to", "proposed_by", "made_at", "decision"]
    readonly_fields += ["checked", "checked_at", "rejection_reason", "rule_version"]
    revealed = ("amount",)
    add_label = gettext_lazy("Take down a proof")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [*ASKED[:3], "yuan", *ASKED[3:]]
        return ["who", *ASKED[1:3], "amount", *ASKED[3:], *self.readonly_fields[1:]]

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: QualifiedInvestor) -> str:
        return row.customer.shown if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        given = {name: getattr(row, name) for name in ASKED}
        return propose_qualified(
            amount=form.cleaned_data["yuan"], maker=user_of(request), at=clock.now(), **given
        )
