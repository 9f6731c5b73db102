"""Periods of assessment and the scores in them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.admin.suggestions import AnswerForm, ContestForm
from branches.models import Score, ScorePeriod
from branches.use_cases.score_suggestions import (
    UnableToScore,
    answer_contest,
    contest_score,
    propose_period,
)
from brokerage.backoffice.admin import Act, ActsAdmin, ScopedAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock


class ScorePeriodForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A period that is over."""

    class Meta:
        model = ScorePeriod
        fields = ("starts_on", "ends_on")

    def clean_ends_on(self) -> Any:
        """Refused beside the field."""
        if self.cleaned_data["ends_on"] > clock.today():
            raise ValidationError(_("A period is assessed once it is over."))
        return self.cleaned_data["ends_on"]


@admin.register(ScorePeriod)
class ScorePeriodAdmin(ScopedAdmin):
    """Periods; the release of one computes its scores."""

    section = "control"
    icon = "list"
    order = 8
    form = ScorePeriodForm
    list_display = ["starts_on", "ends_on", "decision", "made_at"]
    list_filter = ["decision"]
    readonly_fields = ["decision", "made_at", "checked_at", "rejection_reason"]
    add_label = gettext_lazy("Assess a period")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made = propose_period(
            starts_on=obj.starts_on, ends_on=obj.ends_on, maker=user_of(request), at=clock.now()
        )
        obj.pk, obj.ref = made.pk, made.ref


class SecondLookForm(AnswerForm):
    """The answer to a contest, perhaps with other points."""

    points = forms.DecimalField(
        label=pgettext_lazy("suggestion", "Points after the second look"),
        max_digits=8,
        decimal_places=1,
        min_value=0,
        required=False,
        help_text=gettext_lazy("Empty: they stay as they are."),
    )


def _contest(request: HttpRequest, row: Score, values: dict[str, Any]) -> str:
    contest_score(score=row, person=user_of(request), at=clock.now(), **values)
    return _("Head office looks at it again.")


def _answer(request: HttpRequest, row: Score, values: dict[str, Any]) -> str:
    answer_contest(score=row, officer=user_of(request), at=clock.now(), **values)
    return _("Answered.")


@admin.register(Score)
class ScoreAdmin(ActsAdmin):
    """What suggestions were worth, for people and outlets; contestable once."""

    section = "control"
    icon = "check"
    order = 9
    list_display = ["unit", "who", "period", "filed", "adopted", "floor_met", "points"]
    list_filter = ["floor_met", "period"]
    list_select_related = ["unit", "person", "period"]
    fields = ["period", "unit", "who", "filed", "adopted", "floor_met", "points"]
    fields += ["contest", "contested_at", "contest_answer", "contest_by"]
    export_columns = ("unit", "person", "period", "filed", "adopted", "floor_met", "points")
    acts = (
        Act(
            key="contest",
            title=gettext_lazy("Disagree with this score"),
            button=gettext_lazy("Ask for a second look"),
            right="branches.contest_score",
            form=ContestForm,
            run=_contest,
            shown=lambda user, row: row.contested_at is None and row.person_id in (None, user.pk),
            refusals=(UnableToScore,),
            kind="2",
        ),
        Act(
            key="answer",
            title=gettext_lazy("Answer"),
            button=gettext_lazy("Send the answer"),
            right="branches.change_scoreperiod",
            form=SecondLookForm,
            run=_answer,
            shown=lambda user, row: (
                row.contested_at is not None
                and row.contest_by_id is None
                and row.person_id != user.pk
            ),
            refusals=(UnableToScore,),
        ),
    )

    @admin.display(description=gettext_lazy("person"))
    def who(self, row: Score) -> str:
        return str(row.person) if row.person else _("the unit as a whole")
