"""Another trading or fund password: with the present one, or with a code and the document."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.passwords import PinField
from accounts.models import PinKind


class NewPin(forms.Form):
    """Which password, and the new one twice."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Which password"),
        choices=PinKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose an answer.")},
    )
    new = PinField(gettext_lazy("New password"), gettext_lazy("Six digits."))
    again = PinField(gettext_lazy("New password again"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, second = given.get("new"), given.get("again")
        if first and second and first != second:
            self.add_error("again", _("The two differ. Type it once more."))
        return given

    def refuse(self, problems: dict[str, list[str]]) -> None:
        """Show beside the new password why it is refused."""
        for sentences in problems.values():
            self.add_error("new", sentences)


class ChangePinForm(NewPin):
    """By somebody who knows the present one."""

    old = PinField(gettext_lazy("Present password"))
    field_order = ("kind", "old", "new", "again")


class CodeForPinForm(forms.Form):
    """For which password a code is sent."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Which password"),
        choices=PinKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose an answer.")},
    )


class ResetPinForm(NewPin):
    """By somebody who forgot it: the code by SMS, and the number of the document."""

    kind = forms.ChoiceField(choices=PinKind.choices, widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code by text message"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    id_number = forms.CharField(
        label=gettext_lazy("Number of your identity document"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ("kind", "code", "id_number", "new", "again")
