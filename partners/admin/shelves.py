"""Shelves: what an institution may display, proposed here and approved by a second person."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from partners.models import Shelf
from partners.models.shelves import CHOICES
from partners.use_cases.shelves import UnableToShelve, propose_shelf
from products.models import Issuer
from products.states import Family

ASKED = ("partner", "families", "issuer", "codes", "reason", "valid_from", "valid_to")
BETWEEN = re.compile(r"[\s,;，、；]+")


class ShelfForm(AddingForm):
    """Families, an issuer, single products: whatever is named may be displayed."""

    families = forms.MultipleChoiceField(
        label=pgettext_lazy("shelf", "families of products"),
        choices=CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    issuer = forms.ModelChoiceField(
        Issuer.objects.order_by("pk"),
        label=pgettext_lazy("shelf", "all products of the issuer"),
        required=False,
    )
    codes = forms.CharField(
        label=pgettext_lazy("shelf", "single products"),
        help_text=gettext_lazy("Product codes with commas between them."),
        max_length=2000,
        required=False,
    )

    def clean_codes(self) -> list[str]:
        """The codes one by one."""
        return [code for code in BETWEEN.split(self.cleaned_data["codes"]) if code]


@admin.register(Shelf)
class ShelfAdmin(AddsAdmin):
    """What was agreed; where nothing was, each kind displays what the dated rule says."""

    section = "partners"
    icon = "list"
    order = 48
    form = ShelfForm
    refusals: ClassVar = (UnableToShelve,)
    add_label = gettext_lazy("Propose a shelf")
    list_display = ["partner", "named", "valid_from", "valid_to", "decision"]
    list_filter = ["decision", "partner"]
    list_select_related = ["partner", "issuer"]
    readonly_fields = ["named", "proposed_by", "made_at", "decision", "checked_at"]
    readonly_fields += ["rejection_reason"]

    @admin.display(description=pgettext_lazy("shelf", "may display"))
    def named(self, row: Shelf) -> str:
        families = [str(Family(each).label) for each in row.families]
        issuer = [str(row.issuer)] if row.issuer else []
        return ", ".join([*families, *issuer, *row.codes]) or "–"

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: Shelf) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ASKED
        return ["partner", "named", "reason", *ASKED[5:], *self.readonly_fields[1:]]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def add(self, request: HttpRequest, row: Any, form: Any) -> Shelf:
        values = {name: form.cleaned_data[name] for name in ASKED}
        return propose_shelf(maker=user_of(request), at=clock.now(), **values)
