"""What institutions suggest and complain of; the words are shown on purpose only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from partners.models import Remark
from partners.states import RemarkStatus
from partners.use_cases.remarks import UnableToAnswerRemark, answer_remark


class RemarkAnswerForm(ActForm):
    """What the institution reads."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The institution reads it."),
    )


def _answer(request: HttpRequest, row: Remark, values: dict[str, Any]) -> str:
    answer_remark(remark=row, answer=values["answer"], by=user_of(request), at=clock.now())
    return _("Answered; the institution is told.")


@admin.register(Remark)
class RemarkAdmin(ActsAdmin):
    """Suggestions and complaints of institutions, each with its day."""

    section = "partners"
    icon = "edit"
    order = 50
    acts = (
        Act(
            key="answer",
            title=gettext_lazy("Answer"),
            button=gettext_lazy("Send the answer"),
            right="partners.answer_remark",
            form=RemarkAnswerForm,
            run=_answer,
            shown=lambda user, row: row.status == RemarkStatus.OPEN,
            refusals=(UnableToAnswerRemark,),
        ),
    )
    list_display = ["partner_reference", "partner", "kind", "status", "due_on", "created_at"]
    list_filter = ["kind", "status", "partner"]
    list_select_related = ["partner"]
    revealed = ("text", "answer")
    fields = ["partner", "partner_reference", "kind", "text", "status", "due_on", "answer"]
    fields += ["answered_by", "answered_at", "rule_version", "created_at"]
    readonly_fields = ["answered_by"]

    @admin.display(description=pgettext_lazy("dispute", "answered by"))
    def answered_by(self, row: Remark) -> str:
        return name_of(row.answered_by_ref) if row.answered_by_ref else "–"

    def title_of(self, row: Any) -> str:
        return f"{row.partner} · {row.partner_reference}"
