"""One question as a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suitability.content import screens
from suitability.models import Assessment, in_language


class QuestionForm(forms.Form):
    """The options of one question; `seen` says what the page showed as chosen."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=500)

    def __init__(self, *args: Any, assessment: Assessment, number: int, **kwargs: Any) -> None:
        self.question = screens(assessment.questionnaire.content)[number - 1]
        given = assessment.given.get(self.question["key"], [])
        multiple = self.question["kind"] == "multiple"
        initial = {"seen": ",".join(given), "answer": given if multiple else "".join(given)}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        choices = [(option["key"], in_language(option)) for option in self.question["options"]]
        label = in_language(self.question["text"])
        missing = {"required": _("Choose an answer.")}
        self.fields["answer"] = (
            forms.MultipleChoiceField(
                label=label,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                error_messages=missing,
            )
            if multiple
            else forms.ChoiceField(
                label=label, choices=choices, widget=forms.RadioSelect, error_messages=missing
            )
        )

    @property
    def chosen(self) -> list[str]:
        """The chosen option keys."""
        answer = self.cleaned_data["answer"]
        return answer if isinstance(answer, list) else [answer]

    @property
    def shown(self) -> list[str]:
        """The option keys that the page showed as chosen."""
        return [key for key in self.cleaned_data["seen"].split(",") if key]

    def show(self, given: list[str]) -> None:
        """Show what is kept now instead of what was posted."""
        posted: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        posted["seen"] = ",".join(given)
        posted.setlist("answer", given)
        self.data = posted


class ChangeForm(forms.Form):
    """What has changed since the last paper; asked only where there was one."""

    changed = forms.CharField(
        label=_("What has changed since last time?"),
        help_text=_("For example your income, your plans or your experience."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tell us what has changed since your last assessment.")},
    )


class ConfirmForm(forms.Form):
    """Soft contradictions, each of which the person confirms as it stands."""

    def __init__(self, *args: Any, rules: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in rules:
            self.fields[rule] = forms.BooleanField(
                label=_("I have checked both; they are right as they stand"),
                error_messages={"required": _("Change an answer above, or confirm it.")},
            )


class WishForm(forms.Form):
    """A customer's own wish for what does not suit them."""

    wish = forms.CharField(
        label=_("How did you come to it, and why do you want it?"),
        help_text=_("In your own words. This is kept with your request."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Tell us in your words how you came to it.")},
    )
    own = forms.BooleanField(
        label=_("I ask for this of my own accord; nobody from the firm offered it to me"),
        error_messages={"required": _("Where somebody offered it to you, you cannot buy it.")},
    )


class AcknowledgeForm(forms.Form):
    """The warning, acknowledged; it names the version that was on the page."""

    warning = forms.CharField(widget=forms.HiddenInput, max_length=100)
    read = forms.BooleanField(error_messages={"required": _("Read the warning and tick this.")})

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read"].label = label


class AcceptTextForm(forms.Form):
    """A text before a sale, acknowledged; it names the version that was on the page."""

    text = forms.CharField(widget=forms.HiddenInput, max_length=100)
    read = forms.BooleanField(error_messages={"required": _("Read every point, then tick this.")})

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read"].label = label


class MoneyForm(forms.Form):
    """What the firm asks besides before a high-risk sale."""

    extra = forms.CharField(
        label=_("Where does the money come from, and when do you need it?"),
        help_text=_("In your own words, also how much of your money it is."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Tell us where the money comes from and when you need it.")},
    )
