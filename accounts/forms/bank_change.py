"""Another bank, or another card of the same bank."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.places import CARD_IN_OWN_NAME, own_card, refuse_others
from accounts.models import Application
from accounts.terms import YesNo
from brokerage.core.identifiers import Doubt
from brokerage.reference.models import CustodyBank


class BankChangeForm(forms.Form):
    """The bank and a card in the customer's own name; nothing is chosen beforehand."""

    bank = forms.ChoiceField(
        label=gettext_lazy("Bank"),
        error_messages={"required": gettext_lazy("Choose a bank from the list.")},
    )
    card = forms.CharField(
        label=gettext_lazy("Card number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "cc-number"}),
    )
    own_name = forms.ChoiceField(
        label=CARD_IN_OWN_NAME, choices=YesNo.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: dict[str, str] = {}
        if application.is_organisation:
            self.fields["card"].label = _("Account number")
            self.fields["own_name"].label = _("Is the account in the name of the organisation?")
        field: Any = self.fields["bank"]
        offered = CustodyBank.objects.filter(is_offered=True)
        field.choices = [
            ("", _("Choose a bank")),
            *((bank.code, f"{bank.name} · {bank.get_completion_display()}") for bank in offered),
        ]

    def clean_card(self) -> str:
        number, doubts = own_card(self.cleaned_data["card"])
        if Doubt.LUHN in doubts:  # some old cards fail: the bank has the last word
            self.warnings["card"] = str(Doubt.LUHN.label)
        return number

    def clean_own_name(self) -> str:
        return refuse_others(self.cleaned_data["own_name"])

    def chosen(self) -> dict[str, str]:
        """Bank and card."""
        return {name: self.cleaned_data[name] for name in ("bank", "card")}
