"""Forms of the back office's own pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.models import Purpose
from brokerage.core.four_eyes import Decision


class PurposeForm(forms.Form):
    """Why somebody needs personal data."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        min_length=4,
        help_text=_("For example the number of the case. No personal data here."),
    )


class RevealForm(PurposeForm):
    """To see one value in plain text."""


class ExportForm(PurposeForm):
    """To take a list out of the system."""


class DecisionForm(forms.Form):
    """The word of the second person."""

    decision = forms.ChoiceField(choices=[(d.value, d.label) for d in Decision])
    reason = forms.CharField(required=False, max_length=500)

    def clean_decision(self) -> str:
        decision: str = self.cleaned_data["decision"]
        if decision == Decision.PENDING:
            raise forms.ValidationError(_("Choose approve or reject."))
        return decision
