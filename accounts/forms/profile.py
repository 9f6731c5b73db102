"""About the customer: what the law makes us ask (nine elements), in short choices."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.base import StepForm
from accounts.rules.sections import OTHER_OCCUPATION
from accounts.states import Step
from accounts.terms import Assets, Benefits, Education, Income, YesNo
from brokerage.reference.lists import offered_codes
from brokerage.reference.models import CodeList


def one_of(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    """A question with a few answers, each a large target."""
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=forms.RadioSelect, **kwargs
    )


TALKED_THROUGH = {
    "industry_staff": "industry_note",
    "controls": "beneficiary_note",
    "benefits": "beneficiary_note",
}
"""Answers that need a conversation, and where a counter writes down what came of it."""


class ProfileForm(StepForm):
    """Whatever needs a conversation is kept, and the step then goes on at an outlet."""

    step: ClassVar[Step] = Step.PROFILE
    occupation = forms.ChoiceField(label=gettext_lazy("Occupation"), required=False)
    occupation_note = forms.CharField(
        label=gettext_lazy("What you do"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only where you chose another occupation."),
    )
    education = forms.ChoiceField(label=gettext_lazy("Highest education"), required=False)
    employer = forms.CharField(
        label=gettext_lazy("Employer"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    income = one_of(gettext_lazy("Your income in a year, after tax"), Income)
    assets = one_of(gettext_lazy("Your savings and investments"), Assets)
    industry_staff = one_of(
        gettext_lazy("Do you work for a securities firm or the regulator?"),
        YesNo,
    )
    bad_faith = one_of(
        gettext_lazy("Are you on record for bad credit or a securities offence?"),
        YesNo,
    )
    bad_faith_note = forms.CharField(
        label=gettext_lazy("What the record is about"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only where you answered yes."),
    )
    controls = one_of(gettext_lazy("Will you alone decide on this account?"), YesNo)
    benefits = one_of(gettext_lazy("Who does the money in it belong to?"), Benefits)
    at_outlet = False

    def prepare(self) -> None:
        codes = offered_codes(CodeList.OCCUPATION)
        field: Any = self.fields["occupation"]
        field.choices = [("", _("Choose")), *((code.code, code.name) for code in codes)]
        education: Any = self.fields["education"]
        education.choices = [("", _("Choose")), *Education.choices]
        benefits: Any = self.fields["benefits"]
        benefits.choices = [(Benefits.SELF, _("To me")), (Benefits.OTHER, _("To somebody else"))]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("occupation") != OTHER_OCCUPATION:
            given["occupation_note"] = ""
        if given.get("bad_faith") != YesNo.YES:
            given["bad_faith_note"] = ""
        if given.get("industry_staff") == YesNo.NO:
            given["industry_note"] = ""
        if given.get("controls") == YesNo.YES and given.get("benefits") == Benefits.SELF:
            given["beneficiary_note"] = ""
        if given.get("industry_staff") == YesNo.YES:
            self._meet(
                "industry_staff",
                _("Who works there may not trade shares. An outlet tells you what is possible."),
            )
        if given.get("controls") == YesNo.NO:
            self._meet(
                "controls",
                _("Only you may decide on an account in your name. Talk to an outlet first."),
            )
        if given.get("benefits") == Benefits.OTHER:
            self._meet(
                "benefits", _("For other people's money an outlet has to see their papers.")
            )
        return given

    def meets(self, name: str) -> bool:
        """Whether this answer goes on at an outlet: not where one wrote down what it learned."""
        note = TALKED_THROUGH[name]
        same = self.answers.get(name) == self.cleaned_data[name]
        return not (same and self.answers.get(note))

    def _meet(self, name: str, message: str) -> None:
        """Keep the answer, say why it does not go on online, and offer an appointment."""
        if not self.meets(name):
            return
        self.at_outlet = True
        given = self.cleaned_data[name]
        self.add_error(name, message)
        self.cleaned_data[name] = given
