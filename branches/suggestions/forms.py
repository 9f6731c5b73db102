"""What somebody says of a screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.suggestions.personal import tells_of_a_person
from branches.suggestions.states import Device, Mood
from branches.suggestions.steps import choices, steps
from branches.use_cases.file_suggestion import Place


class PlaceForm(forms.Form):
    """Base: the step, the screen that led here, and the device."""

    step = forms.ChoiceField(label=gettext_lazy("Which step do you mean?"), choices=choices)
    screen = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def place(self, device: Device) -> Place:
        """Where the person stood, once the form is valid."""
        typed: dict[str, Any] = self.cleaned_data
        return Place(step=typed["step"], screen=typed["screen"], device=device)


class SuggestionForm(PlaceForm):
    """A suggestion of a member of staff."""

    title = forms.CharField(
        label=gettext_lazy("Your suggestion in one sentence"), min_length=4, max_length=80
    )
    text = forms.CharField(
        label=gettext_lazy("What you saw, and what you would change"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("No names, numbers or addresses of people."),
    )

    def clean_title(self) -> str:
        return _impersonal(self.cleaned_data["title"])

    def clean_text(self) -> str:
        return _impersonal(self.cleaned_data["text"])


class VoiceForm(PlaceForm):
    """What a customer thinks."""

    mood = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=Mood, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("Tell us"),
        min_length=4,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Never write passwords or codes here."),
    )


def known_step(key: str) -> str:
    """The step named by an address, or nothing."""
    return key if key in steps else ""


def _impersonal(words: str) -> str:
    if tells_of_a_person(words):
        raise ValidationError(
            _("Leave numbers and addresses of people out; say what happened instead.")
        )
    return words
