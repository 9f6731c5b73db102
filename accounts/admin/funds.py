"""Questions about customers' money, for AML roles alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.aml import ReasonForm
from accounts.aml.access import REVIEWS
from accounts.forms.funds import in_words
from accounts.funds.states import InquiryStatus
from accounts.models import FundsInquiry
from accounts.use_cases.ask_about_funds import UnableToAsk, accept_inquiry, ask_again
from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.files import api as files


class AgainForm(ActForm):
    """What the customer still has to say."""

    note = forms.CharField(
        label=gettext_lazy("Question to the customer"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In neutral words: never why we ask."),
    )


def _accept(request: HttpRequest, row: FundsInquiry, values: dict[str, Any]) -> str:
    officer, reason = user_of(request), values["reason"]
    accept_inquiry(inquiry=row, officer=officer, reason=reason, at=clock.now())
    return _("Your decision is recorded.")


def _again(request: HttpRequest, row: FundsInquiry, values: dict[str, Any]) -> str:
    ask_again(inquiry=row, officer=user_of(request), note=values["note"], at=clock.now())
    return _("The customer is asked again.")


@admin.register(FundsInquiry)
class FundsInquiryAdmin(ActsAdmin):
    """Where the money of customers at high risk comes from: asked, answered, accepted."""

    section = "control"
    icon = "list"
    order = 33
    list_display = ["__str__", "status", "asked_at", "due_on", "answered_at", "decided_by"]
    list_filter = ["status"]
    list_select_related = ["application", "decided_by"]
    change_form_template = "accounts/review/funds.html"
    fields = ["application", "status", "asked_at", "due_on", "rule_version", "answered_at"]
    fields += ["note", "decided_by", "decided_at", "reason"]
    acts = (
        Act(
            key="accept",
            title=gettext_lazy("The answers are enough"),
            button=gettext_lazy("Accept them"),
            right=REVIEWS,
            form=ReasonForm,
            run=_accept,
            shown=lambda user, row: row.status == InquiryStatus.ANSWERED,
            refusals=(UnableToAsk,),
        ),
        Act(
            key="again",
            title=gettext_lazy("Ask the customer again"),
            button=gettext_lazy("Ask again"),
            right=REVIEWS,
            form=AgainForm,
            run=_again,
            shown=lambda user, row: row.status == InquiryStatus.ANSWERED,
            refusals=(UnableToAsk,),
            kind="2",
        ),
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and row.answered_at:
            context["answers"] = in_words(row.answers)
            if row.proof_ref in files.openable(request.user, [row.proof_ref or row.ref]):
                context["proof"] = reverse("files:file", args=[row.proof_ref])
        return super().render_change_form(request, context, *args, **kwargs)
