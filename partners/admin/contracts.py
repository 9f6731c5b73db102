"""Contracts: proposed here, approved by a second person."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, acting
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from partners.models import Contract
from partners.states import Activity
from partners.use_cases import UnableToContract, propose_contract
from partners.use_cases.end_early import UnableToEndEarly, end_contract

COLUMNS: tuple[str, ...]
COLUMNS = ("partner", "number", "activities", "outlet", "fee_basis", "fee_yuan", "data_clause")
COLUMNS += ("opinion", "opinion_number", "valid_from", "valid_to")


class ContractForm(AddingForm):
    """A contract that somebody proposes."""

    activities = forms.MultipleChoiceField(
        label=gettext_lazy("Permitted activities"),
        choices=Activity,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_to" in self.fields:  # other dated rows may be open-ended, a contract is not
            self.fields["valid_to"].required = True
            self.fields["valid_to"].help_text = ""
        if "outlet" in self.fields:
            self.fields["outlet"].required = True

    def _get_validation_exclusions(self) -> set[str]:
        """The use case gives the reason of the fee basis; the approval asks whether two meet."""
        return {*super()._get_validation_exclusions(), "partner", "fee_basis"}  # type: ignore[misc]  # the stubs lack it


class EndForm(ActForm):
    """The last day, and why; both stay in the history of the institution."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _end(request: HttpRequest, row: Contract, values: dict[str, Any]) -> str:
    end_contract(contract=row, **values, **acting(request))
    return _("Noted. The institution acts to the end of that day.")


END = Act(
    key="end",
    title=gettext_lazy("End it earlier"),
    note=gettext_lazy(
        "The fee runs to that day. Suspend the institution where it has to stop at once."
    ),
    button=gettext_lazy("Set the last day"),
    right="partners.change_contract",
    form=EndForm,
    run=_end,
    shown=lambda user, row: row.is_approved and row.valid_to > clock.today(),
    refusals=(UnableToEndEarly,),
    kind="stop",
)


@admin.register(Contract)
class ContractAdmin(AddsAdmin):
    """What we agreed with whom; who approves is never who proposed."""

    section = "partners"
    icon = "doc"
    order = 42
    formfield_overrides = {
        **AddsAdmin.formfield_overrides,
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 4})},
    }
    form = ContractForm
    refusals: ClassVar = (UnableToContract,)
    acts = (END,)
    add_label = gettext_lazy("Propose a contract")
    list_display = ["number", "partner", "fee_basis", "valid_from", "valid_to", "decision"]
    list_filter = ["decision", "fee_basis"]
    list_select_related = ["partner"]
    readonly_fields = ["permitted", "proposed_by", "made_at", "decision", "checked_at"]
    readonly_fields += ["rejection_reason", "rule_version"]
    export_columns = ("number", "partner", "fee_basis", "fee_yuan", "valid_from", "valid_to")

    @admin.display(description=gettext_lazy("permitted activities"))
    def permitted(self, row: Contract) -> str:
        return ", ".join(str(Activity(each).label) for each in row.activities)

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: Contract) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return COLUMNS
        shown = [name for name in COLUMNS if name != "activities"]
        return [*shown[:2], "permitted", *shown[2:], *self.readonly_fields[1:]]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def add(self, request: HttpRequest, row: Any, form: Any) -> Contract:
        values = {name: form.cleaned_data[name] for name in COLUMNS}
        return propose_contract(maker=user_of(request), at=clock.now(), **values)
