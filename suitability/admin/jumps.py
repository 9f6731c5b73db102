"""Classes that rose shortly after a refusal: looked at by a supervisor."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles
from suitability.models import Assessment, JumpReview
from suitability.states import JUMP_TRANSITIONS, JumpStatus
from suitability.use_cases.decide_jump import UnableToDecideJump, decide_jump


class JumpForm(forms.Form):
    """What the supervisor says."""

    note = forms.CharField(
        label=gettext_lazy("Note for the file"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@admin.register(JumpReview)
class JumpReviewAdmin(ReadOnlyAdmin):
    """Jumps of the customers of one's units; the class stands meanwhile."""

    section = "control"
    icon = "alert"
    order = 20
    list_display = ["found_at", "status", "rose", "refused_on", "decided_by"]
    list_filter = ["status"]
    list_select_related = ["assessment__customer", "decided_by"]
    fields = ["status", "who", "rose", "refused_on", "found_at"]
    fields += ["decided_by", "decided_at", "note"]
    change_form_template = "suitability/admin_jump.html"
    WORDS: ClassVar[dict[str, Any]] = {
        JumpStatus.ACCEPTED: gettext_lazy("The class is accepted."),
        JumpStatus.TALK: gettext_lazy("A talk with the customer comes first."),
    }

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: JumpReview) -> str:
        customer = row.assessment.customer
        return customer.masked_name or str(customer.ref)

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

    def own_urls(self) -> list[URLPattern]:
        act = path(
            "<uuid:ref>/act/<slug:act>/",
            self.admin_site.admin_view(require_POST(self.act_view)),
            name="suitability_jumpreview_act",
        )
        return [act, *super().own_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        may = roles.may(request.user, "suitability.change_jumpreview")
        if row is not None and may and JUMP_TRANSITIONS.after(row.status):
            context = {
                "jump_form": JumpForm(),
                "may_ask_talk": row.status == JumpStatus.WAITING,
                **context,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def act_view(self, request: HttpRequest, ref: UUID, act: str) -> HttpResponse:
        """Accept, or ask for a talk; the note says why."""
        row = self._row(request, ref)
        if act not in self.WORDS or not roles.may(request.user, "suitability.change_jumpreview"):
            raise PermissionDenied
        try:
            decide_jump(
                review=row,
                decision=JumpStatus(act),
                note=request.POST.get("note", "")[:300],
                officer=user_of(request),
                at=clock.now(),
            )
        except UnableToDecideJump as refusal:
            self.message_user(request, str(refusal), "error")
        else:
            self.message_user(request, _("Done: {what}").format(what=self.WORDS[act]))
        return redirect(self.object_url(row))
