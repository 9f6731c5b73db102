"""Second looks with their disagreement rate, and who has learned what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.forms import LookForm
from accounts.models import BlindReview, ReviewSkill
from accounts.review.access import LOOKS
from accounts.review.dated import routing_terms
from accounts.review.looking import look_at
from accounts.review.page import panel
from accounts.review.rates import disagreement
from accounts.review.states import BlindStatus
from accounts.states import Verdict
from accounts.use_cases import UnableToLook, answer_second_look
from brokerage.backoffice.admin import Act, ActsAdmin, ScopedAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles

DAYS = 90
ALWAYS = ["status", "drawn_at"]
AFTERWARDS = ["outcome", "by_rule", "verdict", "agrees", "note", "reviewer", "answered_at"]


def _answer(request: HttpRequest, row: BlindReview, values: dict[str, Any]) -> str:
    done = answer_second_look(
        look=row,
        reviewer=user_of(request),
        verdict=Verdict(values["verdict"]),
        note=values["note"],
        at=clock.now(),
    )
    if done.agrees:
        return _("You agree with the decision.")
    return _("You disagree with the decision. Head office sees it.")


@admin.register(BlindReview)
class BlindReviewAdmin(ActsAdmin):
    """Decided applications that somebody looks at again without the outcome."""

    section = "control"
    icon = "eye"
    order = 22
    list_display = ["__str__", "status", "drawn_at", "verdict", "agrees", "answered_at"]
    list_filter = ["status", "agrees"]
    list_select_related = ["application"]
    change_list_template = "accounts/review/second_looks.html"
    change_form_template = "accounts/review/second_look.html"
    acts = (
        Act(
            key="answer",
            title=gettext_lazy("Your verdict"),
            button=gettext_lazy("Keep the verdict"),
            right=LOOKS,
            form=LookForm,
            run=_answer,
            shown=lambda user, row: (
                row.status == BlindStatus.WAITING and user.pk not in (row.first_id, row.second_id)
            ),
            refusals=(UnableToLook,),
            note=gettext_lazy("Decide from what you see here, as if nobody had decided."),
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The outcome is told when the second look is done."""
        done = obj is not None and obj.status == BlindStatus.ANSWERED
        return [*ALWAYS, *AFTERWARDS] if done else ALWAYS

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = extra_context or {}
        if not roles.may(request.user, LOOKS):
            at = clock.now()
            context["rate"] = disagreement(since=at - timedelta(days=DAYS))
            context["days"] = DAYS
        answer: HttpResponse = super().changelist_view(request, context)
        return answer

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and roles.may(request.user, LOOKS):
            at = clock.now()
            on = clock.business_date(at)
            application = row.application
            look = look_at(application, on=on, terms=routing_terms(on))
            context["desk"] = panel(application, look, at=at)
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(ReviewSkill)
class ReviewSkillAdmin(ScopedAdmin):
    """Which reviewer may take applications that ask for a skill."""

    section = "control"
    icon = "users"
    order = 23
    add_label = gettext_lazy("Give a skill")
    list_display = ["user", "skill", "valid_from", "valid_to"]
    list_filter = ["skill"]
    list_select_related = ["user"]
    fields = ["user", "skill", "valid_from", "valid_to"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Afterwards only the end can change."""
        return ["user", "skill", "valid_from"] if obj else []
