"""The forms of the steps as staff fill them in beside the customer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from accounts.counter.identity import IdentityAtCounterForm
from accounts.counter.profile import ProfileAtCounterForm
from accounts.counter.states import ENTERED_BY_STAFF
from accounts.forms import FORMS, StepForm
from accounts.forms.entity_tax import EntityTaxForm
from accounts.models import Application


class ReleaseCodeForm(forms.Form):
    """What the customer reads aloud from the phone."""

    code = forms.CharField(
        label=gettext_lazy("Code on the customer's phone"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def counter_form(row: Application, step: str) -> type[StepForm]:
    """The form of a step for whoever applies; raises KeyError for a step without one."""
    if row.is_organisation and step in ORGANISATION_FORMS:
        return ORGANISATION_FORMS[step]
    return COUNTER_FORMS[step]


ORGANISATION_FORMS: dict[str, type[StepForm]] = {EntityTaxForm.step.value: EntityTaxForm}
COUNTER_FORMS: dict[str, type[StepForm]] = {
    step.value: FORMS[step.value] for step in ENTERED_BY_STAFF
} | {form.step.value: form for form in (IdentityAtCounterForm, ProfileAtCounterForm)}
