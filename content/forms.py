"""What a customer follows or mutes, as typed or clicked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from brokerage.reference.models import Instrument
from content.models import Topic
from content.use_cases.follow import Wish


def security_of(typed: str) -> Instrument:
    """The listed security behind a code such as 600000 or 600000.SH.

    Raises:
        ValidationError: when no market, or more than one, lists the code.
    """
    code, _dot, market = typed.strip().upper().partition(".")
    rows = Instrument.objects.filter(code=code, is_delisted=False)
    found = list((rows.filter(market=market) if market else rows)[:2])
    if not found:
        raise ValidationError(_("No listed security has this code."))
    if len(found) > 1:
        raise ValidationError(
            _("Several markets know this code. Add the market, such as 000001.SZ.")
        )
    return found[0]


class WishForm(forms.Form):
    """One topic, or one security by its code, and what is wished."""

    topic = forms.ModelChoiceField(
        Topic.objects.all(), to_field_name="code", required=False, label=_("Topic")
    )
    code = forms.CharField(
        label=_("Security code"),
        required=False,
        max_length=12,
        help_text=_("Six digits, such as 600000."),
    )
    wish = forms.ChoiceField(choices=[(each.value, each.value) for each in Wish])

    def clean_code(self) -> Instrument | None:
        """The listed security behind a code such as 600000 or 600000.SH."""
        typed = self.cleaned_data["code"].strip()
        return security_of(typed) if typed else None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and bool(found.get("topic")) == bool(found.get("code")):
            raise ValidationError({"code": _("Type the code of a security.")})
        return found
