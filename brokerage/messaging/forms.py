"""How somebody wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brokerage.messaging.models import Preference


class PreferenceForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """Channels and quiet hours; security notices come always."""

    class Meta:
        model = Preference
        fields = ["service_sms", "service_email", "marketing_sms", "quiet_from", "quiet_to"]
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("quiet_from", "quiet_to")
        }
        help_texts = {
            "marketing_sms": _("Only while you agree to news about products and offers."),
            "quiet_to": _("Until then we hold text messages back, except about security."),
        }

    def __init__(self, *args: Any, is_customer: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_customer:
            for name in ("service_sms", "marketing_sms"):
                del self.fields[name]
