"""One form for each step: what the customer answers, and the use case that keeps it."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Application
from accounts.selectors import outlets_for_opening, sharing_text
from accounts.states import Step
from accounts.use_cases import save_name, save_outlet, save_sharing
from branches.models import OrgUnit
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor

# Letters of any script with the marks that stand in names (·, ', -, .), no digits or signs.
NAME = re.compile(r"[^\W\d_][^\W\d_ ·•.'’\-]*(?:[ ·•.'’\-]+[^\W\d_ ·•.'’\-]+)*\.?")


class StepForm(forms.Form):
    """Base: knows its application and the version that the page showed."""

    step: ClassVar[Step]
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, application: Application, at: Any, **kwargs: Any) -> None:
        self.application = application
        kwargs["initial"] = {"version": application.version} | self.present(application)
        super().__init__(*args, **kwargs)
        self.prepare(application, at)

    def present(self, application: Application) -> dict[str, Any]:
        """What is kept now, by field."""
        return {}

    def prepare(self, application: Application, at: Any) -> None:
        """Set what depends on the application or the day."""

    def save(self, *, actor: Actor, at: Any) -> Application:
        """Keep the answer; raises StepRefused."""
        raise NotImplementedError

    def renew(self, application: Application) -> None:
        """Let the next try count: the customer has seen that something changed elsewhere."""
        posted: Any = self.data.copy()  # type: ignore[attr-defined]
        posted["version"] = str(application.version)
        self.data = posted


class NameForm(StepForm):
    """The applicant's name, as on the document."""

    step = Step.NAME
    name = forms.CharField(
        label=_("Name"),
        min_length=2,
        max_length=60,
        help_text=_("As on your identity document."),
        error_messages={
            "required": _("Write your name."),
            "min_length": _("Write your whole name."),
        },
        validators=[
            RegexValidator(
                re.compile(rf"\A{NAME.pattern}\Z"),
                _("A name has letters only. Check it against your document."),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )

    def present(self, application: Application) -> dict[str, Any]:
        return {"name": application.applicant_name or ""}

    def save(self, *, actor: Actor, at: Any) -> Application:
        return save_name(
            application=self.application,
            name=self.cleaned_data["name"],
            version=self.cleaned_data["version"],
            actor=actor,
            at=at,
        )


class OutletForm(StepForm):
    """The outlet that looks after the customer."""

    step = Step.OUTLET
    outlet: forms.ModelChoiceField[OrgUnit] = forms.ModelChoiceField(
        label=_("Outlet"),
        queryset=None,
        to_field_name="ref",
        empty_label=_("Choose an outlet"),
        help_text=_("It looks after you. You can change it later."),
        error_messages={
            "required": _("Choose an outlet."),
            "invalid_choice": _("This outlet takes no applications. Choose another."),
        },
    )

    def present(self, application: Application) -> dict[str, Any]:
        return {"outlet": application.outlet.ref if application.outlet else None}

    def prepare(self, application: Application, at: Any) -> None:
        field: Any = self.fields["outlet"]
        field.queryset = outlets_for_opening(business_date(at))

    def save(self, *, actor: Actor, at: Any) -> Application:
        return save_outlet(
            application=self.application,
            outlet=self.cleaned_data["outlet"],
            version=self.cleaned_data["version"],
            actor=actor,
            at=at,
        )


class SharingForm(StepForm):
    """Whether the institution that sent the customer may know how the application stands."""

    step = Step.SHARING
    YES, NO = "yes", "no"
    text_version = forms.IntegerField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("May we tell it how your application stands?"),
        choices=[(YES, _("Yes, I agree")), (NO, pgettext_lazy("consent", "No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )

    def present(self, application: Application) -> dict[str, Any]:
        answer = {True: self.YES, False: self.NO}
        return {
            "agrees": answer.get(application.sharing) if application.sharing is not None else ""
        }

    def prepare(self, application: Application, at: Any) -> None:
        self.text = sharing_text(get_language() or "", at)
        self.initial["text_version"] = self.text.version if self.text else 0
        if self.text is None:  # without a text there is nothing to agree to
            field: Any = self.fields["agrees"]
            field.choices = [(self.NO, pgettext_lazy("consent", "No"))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shown = cleaned.get("text_version")
        if cleaned.get("agrees") == self.YES and (not self.text or self.text.version != shown):
            posted: Any = self.data.copy()  # type: ignore[attr-defined]
            posted["text_version"] = str(self.text.version if self.text else 0)
            self.data = posted
            raise forms.ValidationError(_("The text has changed. Read the new one, then agree."))
        return cleaned

    def save(self, *, actor: Actor, at: Any) -> Application:
        agrees = self.cleaned_data["agrees"] == self.YES
        return save_sharing(
            application=self.application,
            text=self.text if agrees else None,
            version=self.cleaned_data["version"],
            actor=actor,
            channel="portal",
            at=at,
        )


FORMS: dict[str, type[StepForm]] = {
    form.step.value: form for form in (NameForm, OutletForm, SharingForm)
}
