"""Suggestions, words of customers, owners of steps, and scores."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.validators import MaxLengthValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import OrgUnit, Ownership, Suggestion, Voice
from branches.states import Kind
from branches.suggestions.effect import compare
from branches.suggestions.states import Status
from branches.suggestions.steps import choices, label_of
from branches.use_cases import answer_suggestion as answering
from branches.use_cases.answer_suggestion import UnableToAnswer
from branches.use_cases.answer_voice import UnableToReply, answer_voice
from branches.use_cases.give_ownership import UnableToOwn, check_owner, give_ownership
from brokerage.backoffice.admin import Act, ActForm, ActsAdmin, ScopedAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.core.display import charts, formats
from brokerage.journal.actors import Actor
from brokerage.messaging.rules.text import LONGEST

ANSWERS = "branches.answer_suggestion"


class AnswerForm(ActForm):
    """What the author reads."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The author reads this."),
    )


class JoinForm(ActForm):
    """The suggestion that goes on."""

    other = forms.ChoiceField(label=gettext_lazy("Joined with"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = _on_the_same_step(self.row)[:50]
        field: Any = self.fields["other"]
        field.choices = [(str(one.ref), f"{one.title} ({one.unit})") for one in rows]

    def clean_other(self) -> Suggestion:
        """The suggestion behind the ref."""
        return Suggestion.objects.get(ref=UUID(self.cleaned_data["other"]))


class ReleaseForm(ActForm):
    """When it went live."""

    on = forms.DateField(
        label=gettext_lazy("Released on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    name = forms.CharField(label=pgettext_lazy("software", "Release"), max_length=40)


class ContestForm(ActForm):
    """Why somebody disagrees."""

    why = forms.CharField(
        label=gettext_lazy("Why you disagree"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _on_the_same_step(row: Suggestion) -> QuerySet[Suggestion]:
    rows = Suggestion.objects.filter(step=row.step).exclude(pk=row.pk)
    dead = (Status.MERGED, Status.CLOSED, Status.DECLINED)
    return rows.exclude(status__in=dead).select_related("unit").order_by("created_at")


def _accept(request: HttpRequest, row: Suggestion, values: dict[str, Any]) -> str:
    answering.accept(suggestion=row, officer=user_of(request), at=clock.now(), **values)
    return _("Accepted. The author is told.")


def _decline(request: HttpRequest, row: Suggestion, values: dict[str, Any]) -> str:
    answering.decline(suggestion=row, officer=user_of(request), at=clock.now(), **values)
    return _("Declined. The author is told why.")


def _join(request: HttpRequest, row: Suggestion, values: dict[str, Any]) -> str:
    answering.join(suggestion=row, officer=user_of(request), at=clock.now(), **values)
    return _("Joined. Both authors keep their credit.")


def _release(request: HttpRequest, row: Suggestion, values: dict[str, Any]) -> str:
    answering.release(suggestion=row, officer=user_of(request), at=clock.now(), **values)
    return _("Released. The effect is measured once the second window is complete.")


def _contest(request: HttpRequest, row: Suggestion, values: dict[str, Any]) -> str:
    answering.contest(suggestion=row, author=user_of(request), at=clock.now(), **values)
    return _("Somebody else looks at it again.")


def _answerable(user: Any, row: Suggestion) -> bool:
    if row.author_id == user.pk:
        return False
    if row.status == Status.CONTESTED:
        return row.decided_by_id != user.pk
    return row.status == Status.SUBMITTED


@admin.register(Suggestion)
class SuggestionAdmin(ActsAdmin):
    """Suggestions of one's people, of one's own steps, and what became of them."""

    section = "control"
    icon = "edit"
    order = 5
    change_form_template = "admin/branches/suggestion.html"
    list_display = ["title", "step_name", "status", "unit", "author", "due_on", "verdict"]
    list_filter = ["status", "verdict", "device"]
    list_select_related = ["unit", "author"]
    search_fields = ["title"]
    search_help = gettext_lazy("Part of the sentence")
    fields = [
        "status",
        "step_name",
        "screen",
        "release",
        "device",
        "text",
        "author",
        "unit",
        "owner",
        "due_on",
        "merged_into",
        "answer",
        "contest",
        "contest_answer",
        "released_on",
        "released_in",
    ]
    readonly_fields = ["step_name"]
    acts = (
        Act(
            key="accept",
            title=gettext_lazy("Accept"),
            button=gettext_lazy("Accept"),
            right=ANSWERS,
            form=AnswerForm,
            run=_accept,
            shown=_answerable,
            refusals=(UnableToAnswer,),
            note=gettext_lazy("Say what happens next, and by when."),
        ),
        Act(
            key="decline",
            title=gettext_lazy("Decline"),
            button=gettext_lazy("Decline"),
            right=ANSWERS,
            form=AnswerForm,
            run=_decline,
            shown=_answerable,
            refusals=(UnableToAnswer,),
            kind="stop",
            note=gettext_lazy("Give the reason in words that respect the thought behind it."),
        ),
        Act(
            key="join",
            title=gettext_lazy("Join with another"),
            button=gettext_lazy("Join"),
            right=ANSWERS,
            form=JoinForm,
            run=_join,
            shown=lambda user, row: (
                row.status in (Status.SUBMITTED, Status.ACCEPTED)
                and row.author_id != user.pk
                and _on_the_same_step(row).exists()
            ),
            refusals=(UnableToAnswer,),
            kind="2",
        ),
        Act(
            key="release",
            title=gettext_lazy("It is released"),
            button=gettext_lazy("Released"),
            right=ANSWERS,
            form=ReleaseForm,
            run=_release,
            shown=lambda user, row: row.status == Status.ACCEPTED and row.author_id != user.pk,
            refusals=(UnableToAnswer,),
        ),
        Act(
            key="contest",
            title=gettext_lazy("Disagree with this answer"),
            button=gettext_lazy("Ask for a second look"),
            right="branches.view_suggestion",
            form=ContestForm,
            run=_contest,
            shown=lambda user, row: row.status == Status.DECLINED and row.author_id == user.pk,
            refusals=(UnableToAnswer,),
            kind="2",
        ),
    )

    @admin.display(description=gettext_lazy("step"))
    def step_name(self, row: Suggestion) -> str:
        return row.step_name

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and row.status == Status.MEASURED:
            context["effect"] = _effect(row)
        if row is not None:
            context["joined"] = row.joined.select_related("unit", "author")
        return super().render_change_form(request, context, *args, **kwargs)


def _effect(row: Suggestion) -> dict[str, Any]:
    """Both windows as a chart with counts, and the interval in words."""
    effect = compare(row.before, row.after, least=1)
    windows = ((_("Before"), row.before), (_("After"), row.after))
    points = [
        charts.Point(
            label=name,
            value=Decimal(str(round(window.share * 100, 2))),
            text=_("{finished} of {begun}").format(
                finished=formats.number(window.finished), begun=formats.number(window.begun)
            ),
        )
        for name, window in windows
    ]
    return {
        "points": points,
        "verdict": row.get_verdict_display(),
        "low": formats.number(Decimal(str(effect.low * 100)), 1),
        "high": formats.number(Decimal(str(effect.high * 100)), 1),
    }


class ReplyForm(AnswerForm):
    """What the customer reads, and which suggestion it supports."""

    suggestion = forms.ChoiceField(label=gettext_lazy("Supports"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer: Any = self.fields["answer"]
        answer.help_text = gettext_lazy("The customer reads this as a message.")
        answer.max_length, answer.validators = LONGEST, [MaxLengthValidator(LONGEST)]
        rows = Suggestion.objects.filter(step=self.row.step).exclude(status=Status.MERGED)
        field: Any = self.fields["suggestion"]
        field.choices = [("", "–"), *((str(one.ref), one.title) for one in rows[:50])]

    def clean_suggestion(self) -> Suggestion | None:
        """The suggestion behind the ref, if one was chosen."""
        chosen = self.cleaned_data["suggestion"]
        return Suggestion.objects.get(ref=UUID(chosen)) if chosen else None


def _reply(request: HttpRequest, row: Voice, values: dict[str, Any]) -> str:
    answer_voice(voice=row, officer=user_of(request), at=clock.now(), **values)
    return _("The customer is told.")


@admin.register(Voice)
class VoiceAdmin(ActsAdmin):
    """What customers say of the screens that one owns."""

    section = "control"
    icon = "mail"
    order = 6
    list_display = ["mood", "step_name", "device", "created_at", "due_on", "answered_at"]
    list_filter = ["mood", "device"]
    revealed = ("text",)
    fields = ["mood", "step_name", "screen", "release", "device", "text", "created_at", "due_on"]
    fields += ["answer", "answered_at", "suggestion"]
    readonly_fields = ["step_name"]
    acts = (
        Act(
            key="answer",
            title=gettext_lazy("Answer"),
            button=gettext_lazy("Send the answer"),
            right="branches.answer_voice",
            form=ReplyForm,
            run=_reply,
            shown=lambda user, row: row.answered_at is None,
            refusals=(UnableToReply,),
        ),
    )

    @admin.display(description=gettext_lazy("step"))
    def step_name(self, row: Voice) -> str:
        return row.step_name


class OwnershipForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A department and what it answers for."""

    subject = forms.ChoiceField(label=gettext_lazy("What is owned"), choices=choices)

    class Meta:
        model = Ownership
        fields = ("subject", "department", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields.get("department")
        if department is not None:
            department.queryset = OrgUnit.objects.filter(kind=Kind.DEPARTMENT)

    def clean(self) -> dict[str, Any]:
        """Refused beside the day, before anything is written."""
        found = super().clean() or {}
        if {"subject", "department", "valid_from"} <= found.keys():
            try:
                check_owner(**found)
            except UnableToOwn as error:
                self.add_error("valid_from", str(error))
        return found

    def validate_constraints(self) -> None:
        """The use case ends the present owner first; only then the constraint is asked."""


@admin.register(Ownership)
class OwnershipAdmin(ScopedAdmin):
    """Which department answers for which step."""

    section = "control"
    icon = "tree"
    order = 7
    form = OwnershipForm
    list_display = ["owned", "department", "valid_from", "valid_to"]
    list_select_related = ["department"]
    fields = ["subject", "department", "valid_from"]
    add_label = gettext_lazy("Name an owner")

    @admin.display(description=gettext_lazy("what is owned"))
    def owned(self, row: Ownership) -> str:
        return label_of(row.subject)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # another owner follows, the row stays

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made = give_ownership(
            subject=obj.subject,
            department=obj.department,
            valid_from=obj.valid_from,
            actor=Actor.of(user_of(request)),
            at=clock.now(),
        )
        obj.pk, obj.ref = made.pk, made.ref
