"""The outlet that looks after the customer, the markets, and the bank."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.base import StepForm
from accounts.forms.profile import one_of
from accounts.models import Application
from accounts.selectors import open_outlets, outlets_for_opening
from accounts.states import Step
from accounts.terms import Market, YesNo
from branches.models import OrgUnit
from brokerage.core.identifiers import BadIdentifier, Doubt, bank_card
from brokerage.reference.lists import custody_banks

CARD_IN_OWN_NAME = gettext_lazy("Is the card in your own name?")


def own_card(text: str) -> tuple[str, frozenset[Doubt]]:
    """The digits of a card, and what is doubtful about them; raises ValidationError."""
    try:
        found = bank_card(text)
    except BadIdentifier as bad:
        raise forms.ValidationError(bad.messages) from bad
    return found.value, frozenset(found.warnings)


def refuse_others(given: str) -> str:
    """The answer about whose card it is; raises ValidationError for somebody else's."""
    if given == YesNo.NO:
        raise forms.ValidationError(_("Only a card in your own name can be used."))
    return given


class OutletField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """One of the outlets that take applications on the day `on`."""

    on: date

    def to_python(self, value: Any) -> OrgUnit | None:
        if value in self.empty_values:
            return None
        try:
            return copy(open_outlets(self.on)[UUID(str(value))])
        except (KeyError, ValueError):
            code = "invalid_choice"
            raise forms.ValidationError(self.error_messages[code], code=code) from None


class OutletForm(StepForm):
    """The outlet and the markets."""

    step: ClassVar[Step] = Step.OUTLET
    outlet = OutletField(
        label=gettext_lazy("Outlet"),
        queryset=None,
        to_field_name="ref",
        empty_label=gettext_lazy("Choose an outlet"),
        help_text=gettext_lazy("It looks after you."),
        error_messages={
            "required": gettext_lazy("Choose an outlet."),
            "invalid_choice": gettext_lazy("This outlet takes no applications. Choose another."),
        },
    )
    markets = forms.MultipleChoiceField(
        label=gettext_lazy("Markets"),
        choices=Market.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Everybody may have at most three accounts of a kind."),
        error_messages={"required": gettext_lazy("Choose at least one market.")},
    )

    def present(self) -> dict[str, Any]:
        outlet = self.application.outlet
        return {"outlet": outlet.ref if outlet else None}

    def prepare(self) -> None:
        field: Any = self.fields["outlet"]
        field.on, field.queryset = self.on, outlets_for_opening(self.on)

    def values(self) -> dict[str, Any]:
        given = dict(super().values())
        if outlet := self.cleaned_data.get("outlet"):
            given["outlet"] = str(outlet.ref)
        return given

    def change(self, application: Application) -> None:
        application.outlet = self.cleaned_data.get("outlet") or application.outlet


class BankForm(StepForm):
    """The bank that keeps the customer's money, and a card in the customer's own name."""

    step: ClassVar[Step] = Step.BANK
    bank = forms.ChoiceField(label=gettext_lazy("Bank"), required=False)
    card = forms.CharField(
        label=gettext_lazy("Card number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-number"}),
    )
    own_name = one_of(CARD_IN_OWN_NAME, YesNo)

    def prepare(self) -> None:
        self.banks = [bank for bank in custody_banks() if bank.is_offered]
        if self.application.is_organisation:
            self.fields["card"].label = _("Account number")
            self.fields["own_name"].label = _("Is the account in the name of the organisation?")
        field: Any = self.fields["bank"]
        field.choices = [
            ("", _("Choose a bank")),
            *(
                (bank.code, f"{bank.name} · {bank.get_completion_display()}")
                for bank in self.banks
            ),
        ]

    def clean_card(self) -> str:
        text = self.cleaned_data["card"]
        if not text:
            return ""
        number, doubts = own_card(text)
        if Doubt.LUHN in doubts:  # some old cards fail: the bank has the last word
            self.warnings["card"] = str(Doubt.LUHN.label)
        return number

    def clean_own_name(self) -> str:
        return refuse_others(self.cleaned_data["own_name"])
