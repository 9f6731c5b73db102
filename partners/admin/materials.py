"""Materials: proposed here with their file, approved by a second person, withdrawn at once."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from partners.admin.institutions import NeededReason
from partners.models import Material, MaterialWithdrawal
from partners.states import OPEN_MATERIALS, MaterialState
from partners.use_cases.materials import (
    UnableToPropose,
    UnableToWithdraw,
    propose_material,
    withdraw_material,
)

ASKED = ("partner", "code", "title", "contract", "opinion_number", "valid_from", "valid_to")


class MaterialForm(AddingForm):
    """A version of a material with its file."""

    upload = forms.FileField(label=gettext_lazy("file (PDF or image)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_to" in self.fields:  # other dated rows may be open-ended, a material is not
            self.fields["valid_to"].required = True
            self.fields["valid_to"].help_text = ""


def _withdraw(request: HttpRequest, row: Material, values: dict[str, Any]) -> str:
    withdraw_material(material=row, reason=values["reason"], by=user_of(request), at=clock.now())
    return _("Withdrawn. It counts from this moment; the institution is told.")


WITHDRAW = Act(
    key="withdraw",
    title=gettext_lazy("Withdraw"),
    note=gettext_lazy("Nobody may show it from this moment; an older version does not come back."),
    button=gettext_lazy("Withdraw now"),
    right="partners.withdraw_material",
    form=NeededReason,
    run=_withdraw,
    shown=lambda user, row: row.state in OPEN_MATERIALS,
    refusals=(UnableToWithdraw,),
    kind="stop",
)


@admin.register(Material)
class MaterialAdmin(AddsAdmin):
    """What institutions may show of us; who approves is never who proposed."""

    section = "partners"
    icon = "file"
    order = 47
    form = MaterialForm
    refusals: ClassVar = (UnableToPropose,)
    acts = (WITHDRAW,)
    add_label = gettext_lazy("Propose a material")
    list_display = ["code", "version", "title", "partner", "valid_from", "valid_to", "decision"]
    list_display += ["stands"]
    list_filter = ["decision", "partner"]
    list_select_related = ["partner"]
    search_fields = ["code", "title"]
    readonly_fields = ["version", "stands", "proposed_by", "made_at", "decision", "checked_at"]
    readonly_fields += ["rejection_reason", "withdrawn"]
    export_columns: tuple[str, ...] = ("partner", "code", "version", "title", "opinion_number")
    export_columns += ("valid_from", "valid_to", "decision")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the state of each in the same query."""
        return super().get_queryset(request).with_state(clock.now())

    @admin.display(description=pgettext_lazy("material", "today"))
    def stands(self, row: Material) -> str:
        state = getattr(row, "state", "")
        return str(MaterialState(state).label) if state else "–"

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: Material) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    @admin.display(description=gettext_lazy("withdrawn"))
    def withdrawn(self, row: Material) -> str:
        found = MaterialWithdrawal.objects.filter(material=row).first()
        return f"{name_of(found.by_ref)}: {found.reason}" if found else "–"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*ASKED, *self.readonly_fields] if obj else [*ASKED, "upload"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def files_of(self, row: Material) -> list[tuple[UUID, str]]:
        return [(row.file.ref, str(row))]

    def add(self, request: HttpRequest, row: Any, form: Any) -> Material:
        values = {name: form.cleaned_data[name] for name in (*ASKED, "upload")}
        return propose_material(maker=user_of(request), at=clock.now(), **values)
