"""Three short questions about the customer's money, and room for a file."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.funds.states import Aim, FundSource, WealthSource

OTHER = "other"


class FundsForm(forms.Form):
    """Choices, and words where one of them is something else."""

    funds = forms.MultipleChoiceField(
        label=gettext_lazy("Where does the money come from that you put into the account?"),
        choices=FundSource,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    wealth = forms.MultipleChoiceField(
        label=gettext_lazy("How did you come to what you own altogether?"),
        choices=WealthSource,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    aim = forms.ChoiceField(
        label=gettext_lazy("What is the account for?"),
        choices=Aim,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Say more where you chose “Something else”."),
    )
    proof = forms.FileField(
        label=gettext_lazy("A document that shows it, if you like"),
        required=False,
        help_text=gettext_lazy("A photo or a PDF: a payslip, a contract of sale, a tax receipt."),
    )
    choices: ClassVar[tuple[str, ...]] = ("funds", "wealth", "aim")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        chosen = [each for name in self.choices for each in _several(given.get(name))]
        if OTHER in chosen and not given.get("words"):
            self.add_error("words", _("Say what else it is."))
        return given


def _several(given: Any) -> list[str]:
    return given if isinstance(given, list) else [given or ""]


def in_words(answers: dict[str, Any]) -> list[tuple[str, str]]:
    """What was asked and answered, in the reader's language."""
    asked: tuple[tuple[str, Any], ...] = (
        ("funds", FundSource),
        ("wealth", WealthSource),
        ("aim", Aim),
    )
    found = []
    for name, choices in asked:
        said = [str(choices(each).label) for each in _several(answers.get(name)) if each]
        found.append((str(FundsForm.base_fields[name].label), ", ".join(said)))
    if words := answers.get("words"):
        found.append((str(FundsForm.base_fields["words"].label), str(words)))
    return found
