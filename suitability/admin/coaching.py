"""Signs of coaching: compliance looks at them, and nobody else."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import Act, ActsAdmin
from brokerage.backoffice.admin.acts import ActForm
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from suitability.models import AnsweringTrace, CoachingFlag
from suitability.states import COACHING_TRANSITIONS, CoachingStatus
from suitability.use_cases.coaching import UnableToDecideSigns, decide_signs
from suitability.wording import sentences

RIGHT = "suitability.change_coachingflag"


class NoteForm(ActForm):
    """What compliance says."""

    note = forms.CharField(
        label=gettext_lazy("Note for the file"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _decide(
    decision: CoachingStatus, request: HttpRequest, row: CoachingFlag, values: dict[str, Any]
) -> str:
    decide_signs(
        flag=row,
        decision=decision,
        note=values["note"],
        officer=user_of(request),
        at=clock.now(),
    )
    return _("Your decision is recorded.")


def _may_become(decision: CoachingStatus, user: Any, row: CoachingFlag) -> bool:
    return decision in COACHING_TRANSITIONS.after(row.status)


@admin.register(CoachingFlag)
class CoachingFlagAdmin(ActsAdmin):
    """Papers with signs; the customers beside them are named by number only."""

    section = "control"
    icon = "alert"
    order = 21
    list_display = ["found_at", "status", "what", "who", "decided_by"]
    list_filter = ["status"]
    list_select_related = ["assessment__customer", "decided_by"]
    fields = ["status", "what", "who", "outlet", "rule_version", "found_at"]
    fields += ["decided_by", "decided_at", "note"]
    acts = (
        Act(
            key="harmless",
            title=gettext_lazy("There is a harmless reason"),
            button=gettext_lazy("Close it"),
            right=RIGHT,
            form=NoteForm,
            run=partial(_decide, CoachingStatus.HARMLESS),
            shown=partial(_may_become, CoachingStatus.HARMLESS),
            refusals=(UnableToDecideSigns,),
            kind="2",
        ),
        Act(
            key="followed",
            title=gettext_lazy("Follow it up"),
            button=gettext_lazy("Follow it up"),
            right=RIGHT,
            form=NoteForm,
            run=partial(_decide, CoachingStatus.FOLLOWED),
            shown=partial(_may_become, CoachingStatus.FOLLOWED),
            refusals=(UnableToDecideSigns,),
            note=gettext_lazy(
                "Signs are no proof. Neither the customer nor the outlet or partner hears of them."
            ),
        ),
    )

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: CoachingFlag) -> str:
        return row.assessment.customer.shown

    @admin.display(description=gettext_lazy("signs"))
    def what(self, row: CoachingFlag) -> SafeString:
        lines = [(text,) for text in sentences(row.reasons)]
        return format_html_join(SafeString("<br>"), "{}", lines)

    @admin.display(description=gettext_lazy("outlet or partner"))
    def outlet(self, row: CoachingFlag) -> str:
        trace = AnsweringTrace.objects.filter(assessment=row.assessment).first()
        return str(trace.outlet_ref or "–") if trace else "–"
