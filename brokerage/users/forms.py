"""Forms of log-in. Fields return ready values: an E.164 number, six digits."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brokerage.users.phones import NotAMobileNumber, parse_mobile


class MobileNumberField(forms.CharField):
    """A Chinese mobile number as people type it; the value is E.164."""

    widget = forms.TextInput(
        attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "maxlength": "40"}
    )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_mobile(text)
        except NotAMobileNumber as error:
            raise forms.ValidationError(str(error.message), code="invalid") from None


class CodeField(forms.CharField):
    """The six digits of a code; blanks and full-width digits are fine."""

    widget = forms.TextInput(
        attrs={
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "maxlength": "16",
            "autofocus": True,
        }
    )

    def clean(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().clean(value)).replace(" ", "")
        if len(text) != 6 or not text.isascii() or not text.isdigit():
            raise forms.ValidationError(_("The code has six digits."), code="invalid")
        return text


class PhoneForm(forms.Form):
    """A number to send a code to."""

    phone = MobileNumberField(
        label=_("Mobile number"),
        error_messages={"required": _("Enter your mobile number.")},
    )


class NewPhoneForm(PhoneForm):
    """The number that shall replace the present one."""

    phone = MobileNumberField(
        label=_("New mobile number"),
        help_text=_("We send a code to it. The old number stays valid until you enter the code."),
        error_messages={"required": _("Enter the new mobile number.")},
    )

    def __init__(self, *args: Any, current: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone == self.current:
            raise forms.ValidationError(_("That is the number you use already."), code="same")
        return phone


class CodeForm(forms.Form):
    """The code that came by SMS."""

    code = CodeField(
        label=_("Code from the SMS"),
        error_messages={"required": _("Enter the six digits from the SMS.")},
    )
