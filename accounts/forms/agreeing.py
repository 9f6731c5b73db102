"""Consents: each purpose on its own text, in force only as long as the customer wants."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.consents import FACE, PURPOSES_OF_OPENING, REFUSED
from accounts.forms.base import StepForm, seen_at
from accounts.models import Application
from accounts.selectors import sharing_text
from accounts.states import Step
from accounts.use_cases import StepRefused, save_consents, save_sharing
from brokerage.customers.selectors import current_texts
from brokerage.journal.actors import Actor

YES = "on"


class ConsentsForm(StepForm):
    """One answer for each purpose: none is bundled with another, none is given before."""

    step: ClassVar[Step] = Step.CONSENTS

    def prepare(self) -> None:
        found = current_texts(get_language() or "zh-hans")
        self.texts = {
            purpose: found[purpose] for purpose in PURPOSES_OF_OPENING if purpose in found
        }
        for purpose, text in self.texts.items():
            kept = self.answers.get(purpose)
            if purpose == FACE:
                self.fields[purpose] = _choice(text.title)
                self.initial[purpose] = REFUSED if kept == REFUSED else YES if kept else ""
            else:
                self.fields[purpose] = _tick(text.title)
                self.initial[purpose] = bool(kept)
            self.fields[f"{purpose}_text"] = forms.IntegerField(widget=forms.HiddenInput)
            self.initial[f"{purpose}_text"] = text.version

    def lines(self) -> list[dict[str, Any]]:
        """Each text with its tick."""
        return [
            {"text": text, "tick": self[purpose], "version": self[f"{purpose}_text"]}
            for purpose, text in self.texts.items()
        ]

    def keep(self, *, actor: Actor, at: datetime, unfinished: bool = False) -> Application:
        given = self.cleaned_data
        said = {purpose: text for purpose, text in self.texts.items() if given.get(purpose)}
        agreed = {purpose: text for purpose, text in said.items() if given[purpose] != REFUSED}
        for purpose, text in agreed.items():
            if given.get(f"{purpose}_text") != text.version:
                raise StepRefused(_("The text has changed. Read the new one, then agree."))
        return save_consents(
            application=self.application,
            texts=agreed,
            refused=[purpose for purpose in said if purpose not in agreed],
            version=given.get("version", -1),
            actor=actor,
            channel="portal",
            at=at,
            seen_at=seen_at(given.get("seen", "")),
        )


def _tick(title: str) -> forms.BooleanField:
    """One that we cannot go on without."""
    return forms.BooleanField(
        label=_("I agree: {title}").format(title=title),
        error_messages={"required": _("Without this we cannot open an account online.")},
    )


def _choice(title: str) -> forms.ChoiceField:
    """One that can be refused: there is another way to the same end."""
    return forms.ChoiceField(
        label=title,
        choices=[
            (YES, _("I agree: {title}").format(title=title)),
            (REFUSED, _("I do not agree; two people at an outlet confirm who I am")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )


class SharingForm(StepForm):
    """Whether the institution that sent the customer may know how the application stands."""

    step: ClassVar[Step] = Step.SHARING
    keeps_partly = False
    YES, NO = "yes", "no"
    text_version = forms.IntegerField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=gettext_lazy("May we tell it how your application stands?"),
        choices=[(YES, gettext_lazy("Yes, I agree")), (NO, pgettext_lazy("consent", "No"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose an answer.")},
    )

    def present_version(self) -> int:
        return self.application.version

    def present(self) -> dict[str, Any]:
        answer = {True: self.YES, False: self.NO}
        shares = self.application.sharing
        return {"agrees": answer[shares] if shares is not None else ""}

    def prepare(self) -> None:
        self.text = sharing_text(get_language() or "", self.at)
        self.initial["text_version"] = self.text.version if self.text else 0
        if self.text is None:  # without a text there is nothing to agree to
            field: Any = self.fields["agrees"]
            field.choices = [(self.NO, pgettext_lazy("consent", "No"))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shown = cleaned.get("text_version")
        if cleaned.get("agrees") == self.YES and (not self.text or self.text.version != shown):
            posted: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            posted["text_version"] = str(self.text.version if self.text else 0)
            self.data = posted
            raise forms.ValidationError(_("The text has changed. Read the new one, then agree."))
        return cleaned

    def keep(self, *, actor: Actor, at: datetime, unfinished: bool = False) -> Application:
        return save_sharing(
            application=self.application,
            text=self.text if self.cleaned_data["agrees"] == self.YES else None,
            version=self.cleaned_data["version"],
            actor=actor,
            channel="portal",
            at=at,
        )
