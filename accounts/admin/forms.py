"""What the desk and the callers fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Application, Chapter, Witnessing
from accounts.review.states import PauseReason
from accounts.states import BY_PEOPLE, SECTIONS, FollowUpQuestion, Lack, Refusal, Step, Verdict
from accounts.terms import YesNo
from brokerage.backoffice.admin import ActForm

RETURNABLE = (*SECTIONS, Step.ASSESSMENT, Step.VIDEO)


GIVEN = [(each.value, each.label) for each in BY_PEOPLE]


class ProposalForm(ActForm):
    """What the reviewing officer proposes."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Proposal"), choices=Verdict, widget=forms.RadioSelect
    )
    refusal = forms.ChoiceField(
        label=gettext_lazy("Reason told to the customer"),
        choices=[("", gettext_lazy("Choose")), *Refusal.choices],
        required=False,
        help_text=gettext_lazy("Needed when you propose not to accept."),
    )
    final = forms.BooleanField(
        label=gettext_lazy("Final: the customer cannot apply online again"),
        required=False,
        help_text=gettext_lazy("Otherwise they apply again with the answers that they gave."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Note for the journal"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The customer never sees it."),
    )

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        rejects = given.get("verdict") == Verdict.REJECT
        if "verdict" in given and rejects != bool(given.get("refusal")):
            self.add_error("refusal", _("Give a reason exactly when you propose not to accept."))
        if given.get("final") and given.get("verdict") == Verdict.APPROVE:
            self.add_error("final", _("Only a refusal can be final."))
        return given


class ReturnForm(ActForm):
    """What the customer has to do again: a reason for each step, everything else stays."""

    note = forms.CharField(
        label=gettext_lazy("What the customer should change"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Beside the reasons above, in your own words."),
    )
    staff_note = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The customer never sees it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for step in RETURNABLE:
            self.fields[f"lack_{step}"] = forms.ChoiceField(
                label=step.label,
                choices=[("", gettext_lazy("Stays as it is")), *GIVEN],
                required=False,
            )
        self.fields["chapters"] = forms.MultipleChoiceField(
            label=gettext_lazy("Which chapters of the video"),
            choices=chapter_choices(self.row),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=gettext_lazy(
                "Only these are recorded again; all of them where none is set."
            ),
        )
        self.order_fields([*(f"lack_{step}" for step in RETURNABLE), "chapters"])

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        lacks = {step: Lack(given[key]) for step in RETURNABLE if given.get(key := f"lack_{step}")}
        given["lacks"] = lacks
        if not lacks:
            raise forms.ValidationError(_("Name the steps that the customer has to do again."))
        if given.get("chapters") and Step.VIDEO not in lacks:
            self.add_error(f"lack_{Step.VIDEO}", _("Say why the video has to be recorded again."))
        if Step.VIDEO in lacks and not given.get("note"):  # it is read beside the chapter
            self.add_error("note", _("Say what the customer should do otherwise in the video."))
        if Lack.OTHER in lacks.values() and not given.get("note"):
            self.add_error("note", _("Say what the customer should change."))
        return given


def chapter_choices(application: Application) -> list[tuple[str, str]]:
    """The chapters of the current video: key, and the number with the beginning of its text."""
    rows = Chapter.objects.filter(
        witnessing__in=Witnessing.objects.current().filter(application=application)
    ).order_by("position")
    return [(row.key, f"{row.position}. {Truncator(row.shown).chars(40)}") for row in rows]


class WatchedForm(ActForm):
    """What a reviewer saw and heard; both have to be true for the video to count as watched."""

    digits = forms.BooleanField(
        label=gettext_lazy("In each chapter I heard exactly what was to be said, digit by digit.")
    )
    person = forms.BooleanField(
        label=gettext_lazy(
            "I saw the person of the document, alive, speaking freely, with nobody beside them."
        )
    )


class PauseForm(ActForm):
    """Why the promise stands still."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason told to the customer"), choices=PauseReason
    )


class LookForm(ActForm):
    """A second look without the outcome."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What would you decide?"), choices=Verdict, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Head office reads it."),
    )


class RefuseForm(ActForm):
    """Why the second person does not agree."""

    reason = forms.CharField(label=gettext_lazy("Why you do not agree"), max_length=300)


class ReopenForm(ActForm):
    """Why an approved application cannot go on."""

    reason = forms.CharField(
        label=gettext_lazy("Why it cannot go on"),
        max_length=300,
        help_text=gettext_lazy("The customer never sees it."),
    )


class NewDateForm(ActForm):
    """What was arranged for an overdue follow-up."""

    reason = forms.CharField(
        label=gettext_lazy("What was arranged"),
        max_length=300,
        help_text=gettext_lazy("The customer never sees it."),
    )


class CallForm(ActForm):
    """The script of a follow-up call: one line for each question, read aloud as it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in FollowUpQuestion:
            self.fields[question.value] = forms.ChoiceField(
                label=question.label, choices=YesNo.choices, widget=forms.RadioSelect
            )
