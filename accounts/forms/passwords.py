"""Trading and fund passwords: typed twice, never shown again, refused with the reason."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import PinKind

AGAIN = "_again"


class PinInput(forms.PasswordInput):
    """Dots by style (`data-secret`) instead of by type: no browser offers to keep these digits."""

    input_type = "text"


class PinField(forms.CharField):
    """Six digits, also where a keyboard wrote full-width ones. Never put into a page again."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            max_length=40,
            error_messages={"required": gettext_lazy("Enter six digits.")},
            widget=PinInput(
                attrs={
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "maxlength": "40",
                    "data-secret": "",
                }
            ),
        )

    def clean(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", super().clean(value)).replace(" ", "")


class PasswordsForm(forms.Form):
    """Both passwords; the second typing catches a slip of the finger."""

    trading = PinField(
        gettext_lazy("Trading password"),
        gettext_lazy("Six digits. You enter it when you buy or sell."),
    )
    trading_again = PinField(gettext_lazy("Trading password again"))
    fund = PinField(
        gettext_lazy("Fund password"),
        gettext_lazy("Six other digits. You enter it when you move money to or from your bank."),
    )
    fund_again = PinField(gettext_lazy("Fund password again"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for kind in PinKind.values:
            first, second = given.get(kind), given.get(kind + AGAIN)
            if first and second and first != second:
                self.add_error(kind + AGAIN, _("The two differ. Type it once more."))
        return given

    def pins(self) -> dict[str, str]:
        """Six digits by kind."""
        return {kind: self.cleaned_data[kind] for kind in PinKind.values}

    def refuse(self, problems: dict[str, list[str]]) -> None:
        """Show beside each field why its password is refused."""
        for kind, sentences in problems.items():
            self.add_error(kind, sentences)
