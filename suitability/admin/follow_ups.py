"""Calls after high-risk sales and to the yearly sample: the queue, and what compliance closes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from suitability.models import SaleFollowUp, in_language
from suitability.rules.following_up import concerns
from suitability.selectors.rules import questions_of
from suitability.states import FollowUpStatus
from suitability.use_cases.following_up import (
    UnableToFollowUp,
    close_follow_up,
    note_no_answer,
    record_answers,
)

CALL = "suitability.change_salefollowup"
CLOSE = "suitability.close_salefollowup"
REFUSALS = (UnableToFollowUp,)


class DrawnFor(admin.SimpleListFilter):
    """Why somebody is called; asks the table for nothing."""

    title = gettext_lazy("called because of")
    parameter_name = "drawn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("sale", _("one sale")), ("sample", _("the yearly sample"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("sale", "sample"):
            return queryset
        return queryset.filter(year__isnull=self.value() == "sale")


class AnswersForm(ActForm):
    """The questions of the version that was drawn with the sale."""

    note = forms.CharField(
        label=gettext_lazy("What the customer said besides"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed where an answer raises a concern."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions_of(self.row.text)
        for question in self.questions:
            self.fields[f"answer_{question.key}"] = forms.TypedChoiceField(
                label=in_language(dict(question.text)),
                choices=[("yes", pgettext("answer", "Yes")), ("no", pgettext("answer", "No"))],
                coerce=lambda value: value == "yes",
                widget=forms.RadioSelect,
            )
        self.order_fields([*(f"answer_{each.key}" for each in self.questions), "note"])

    def answers(self, values: dict[str, Any]) -> dict[str, bool]:
        """Yes or no by key of the question, out of cleaned values."""
        found = {each.key: values.get(f"answer_{each.key}") for each in self.questions}
        return {key: given for key, given in found.items() if isinstance(given, bool)}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        given = self.answers(values)
        whole = len(given) == len(self.questions)
        if whole and concerns(self.questions, given) and not values.get("note"):
            self.add_error("note", _("Write what the customer said about it."))
        return values


class CloseForm(ActForm):
    """What compliance did."""

    decision = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _called(request: HttpRequest, row: SaleFollowUp, values: dict[str, Any]) -> str:
    done = record_answers(
        row=row,
        answers=AnswersForm(row=row).answers(values),
        note=values["note"],
        caller=user_of(request),
        at=clock.now(),
    )
    if done.status == FollowUpStatus.ESCALATED:
        return _("An answer raises a concern. Compliance has it now.")
    return _("Kept. Nothing raises a concern.")


def _missed(request: HttpRequest, row: SaleFollowUp, values: dict[str, Any]) -> str:
    done = note_no_answer(row=row, caller=user_of(request), at=clock.now())
    if done.status == FollowUpStatus.ESCALATED:
        return _("That was the last try. Compliance has it now.")
    return _("Noted. Try again at another time of day.")


def _closed(request: HttpRequest, row: SaleFollowUp, values: dict[str, Any]) -> str:
    close_follow_up(row=row, decision=values["decision"], officer=user_of(request), at=clock.now())
    return _("Closed.")


def _waits(user: Any, row: SaleFollowUp) -> bool:
    return row.status == FollowUpStatus.WAITING and row.seller_id != user.pk


@admin.register(SaleFollowUp)
class SaleFollowUpAdmin(ActsAdmin):
    """Calls on sales that were drawn; whoever took part in the sale does not make them."""

    section = "control"
    icon = "phone"
    order = 25
    list_display = ["due_at", "who", "item", "year", "status", "tries", "called_by"]
    list_filter = ["status", DrawnFor]
    list_select_related = ["customer", "record__item", "called_by"]
    fields = ["status", "who", "item", "sold_at", "due_at", "tries", "tried_at", "given", "said"]
    fields += ["year", "place_drawn", "drawn_of", "drawn_at"]
    fields += ["called_by", "called_at", "decision", "decided_by", "decided_at"]
    fields += ["text", "rule_version", "sale_ref"]
    acts = (
        Act(
            key="answers",
            title=gettext_lazy("Write down the call"),
            button=gettext_lazy("Keep the answers"),
            right=CALL,
            form=AnswersForm,
            run=_called,
            shown=_waits,
            refusals=REFUSALS,
            note=gettext_lazy("Ask each question as it stands. Sell nothing in this call."),
        ),
        Act(
            key="missed",
            title=gettext_lazy("Nobody answered"),
            button=gettext_lazy("Note the try"),
            right=CALL,
            run=_missed,
            shown=_waits,
            refusals=REFUSALS,
            kind="2",
        ),
        Act(
            key="close",
            title=gettext_lazy("Close it"),
            button=gettext_lazy("Close it"),
            right=CLOSE,
            form=CloseForm,
            run=_closed,
            shown=lambda user, row: row.status == FollowUpStatus.ESCALATED,
            refusals=REFUSALS,
        ),
    )

    def title_of(self, row: SaleFollowUp) -> str:
        return f"{row.customer.shown} · {row.record.item}"

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: SaleFollowUp) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("item"))
    def item(self, row: SaleFollowUp) -> str:
        return str(row.record.item)

    @admin.display(description=gettext_lazy("answers"))
    def given(self, row: SaleFollowUp) -> SafeString | str:
        """Each question with yes or no, once it was called."""
        words = {"yes": pgettext("answer", "Yes"), "no": pgettext("answer", "No")}
        lines = [
            (in_language(dict(each.text)), words[row.answers[each.key]])
            for each in questions_of(row.text)
            if each.key in row.answers
        ]
        return format_html_join(SafeString("<br>"), "{}: {}", lines) or "–"

    @admin.display(description=pgettext_lazy("follow-up", "said besides"))
    def said(self, row: SaleFollowUp) -> str:
        return row.note or "–"
