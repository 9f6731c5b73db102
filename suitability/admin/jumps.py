"""Classes that rose shortly after a refusal: looked at by a supervisor."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from suitability.models import Assessment, JumpReview
from suitability.states import JUMP_TRANSITIONS, JumpStatus
from suitability.use_cases.decide_jump import UnableToDecideJump, decide_jump

RIGHT = "suitability.change_jumpreview"


class JumpForm(ActForm):
    """What the supervisor says."""

    note = forms.CharField(
        label=gettext_lazy("Note for the file"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _decide(request: HttpRequest, row: JumpReview, note: str, decision: JumpStatus) -> None:
    decide_jump(review=row, decision=decision, note=note, officer=user_of(request), at=clock.now())


def _accept(request: HttpRequest, row: JumpReview, values: dict[str, Any]) -> str:
    _decide(request, row, values["note"], JumpStatus.ACCEPTED)
    return _("The class is accepted.")


def _talk(request: HttpRequest, row: JumpReview, values: dict[str, Any]) -> str:
    _decide(request, row, values["note"], JumpStatus.TALK)
    return _("A talk with the customer comes first.")


def _may_become(decision: JumpStatus, user: Any, row: JumpReview) -> bool:
    return decision in JUMP_TRANSITIONS.after(row.status)


@admin.register(JumpReview)
class JumpReviewAdmin(ActsAdmin):
    """Jumps of the customers of one's units; the class stands meanwhile."""

    section = "control"
    icon = "alert"
    order = 20
    list_display = ["found_at", "status", "rose", "refused_on", "decided_by"]
    list_filter = ["status"]
    list_select_related = ["assessment__customer", "decided_by"]
    fields = ["status", "who", "rose", "refused_on", "found_at"]
    fields += ["decided_by", "decided_at", "note"]
    acts = (
        Act(
            key="accepted",
            title=gettext_lazy("Accept it"),
            button=gettext_lazy("Accept it"),
            right=RIGHT,
            form=JumpForm,
            run=_accept,
            shown=partial(_may_become, JumpStatus.ACCEPTED),
            refusals=(UnableToDecideJump,),
            note=gettext_lazy(
                "The class rose shortly after a refusal. Look at what has changed; "
                "selling stays open either way."
            ),
        ),
        Act(
            key="talk",
            title=gettext_lazy("Talk with the customer first"),
            button=gettext_lazy("Talk with the customer first"),
            right=RIGHT,
            form=JumpForm,
            run=_talk,
            shown=partial(_may_become, JumpStatus.TALK),
            refusals=(UnableToDecideJump,),
            kind="2",
        ),
    )

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: JumpReview) -> str:
        return row.assessment.customer.shown

    @admin.display(description=gettext_lazy("class"))
    def rose(self, row: JumpReview) -> str:
        before: Any = getattr(row, "class_before", None)
        return f"{before or '–'} → {row.assessment.investor_class}"

    def get_queryset(self, request: HttpRequest) -> Any:
        earlier = Assessment.objects.filter(
            customer=OuterRef("assessment__customer"),
            confirmed_at__isnull=False,
            submitted_at__lt=OuterRef("assessment__submitted_at"),
        ).order_by("-submitted_at")
        rows = super().get_queryset(request)
        return rows.annotate(class_before=Subquery(earlier.values("investor_class")[:1]))
