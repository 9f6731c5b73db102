"""The forms of the steps as staff fill them in beside the customer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from accounts.counter.states import ENTERED_BY_STAFF
from accounts.forms import FORMS, IdentityForm, StepForm
from accounts.rules.identity import Hurdle


class ReleaseCodeForm(forms.Form):
    """What the customer reads aloud from the phone."""

    code = forms.CharField(
        label=gettext_lazy("Code on the customer's phone"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class IdentityAtCounterForm(IdentityForm):
    """Somebody above the age limit of the online way is served here: that is what it is for."""

    def _refuse(self, name: str, hurdle: Hurdle) -> None:
        if hurdle != Hurdle.TOO_OLD:
            super()._refuse(name, hurdle)


COUNTER_FORMS: dict[str, type[StepForm]] = {
    step.value: FORMS[step.value] for step in ENTERED_BY_STAFF
} | {IdentityAtCounterForm.step.value: IdentityAtCounterForm}
