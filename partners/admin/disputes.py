"""Disputes about statements: what an institution says is wrong, and our answer by its day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.core.money import YUAN
from partners.models import Dispute
from partners.states import DisputeStatus
from partners.use_cases.disputes import UnableToAnswerDispute, answer_dispute

ANSWERS = "partners.answer_dispute"


class RefuseForm(ActForm):
    """Why the statement is right."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The institution reads it."),
    )


class AcceptForm(RefuseForm):
    """What is put right, and by how much."""

    amount = forms.DecimalField(
        label=gettext_lazy("Correction in yuan"),
        help_text=gettext_lazy("Negative where too much was paid."),
        **YUAN,
    )


def _answer(request: HttpRequest, row: Dispute, values: dict[str, Any]) -> str:
    answer_dispute(dispute=row, by=user_of(request), at=clock.now(), **values)
    return _("Answered; the institution is told.")


def _open(user: Any, row: Dispute) -> bool:
    return row.status == DisputeStatus.OPEN


ACTS = (
    Act(
        key="accept",
        title=pgettext_lazy("dispute", "Accept"),
        note=gettext_lazy("The correction stands on the next statement; this one stays."),
        button=gettext_lazy("Accept and correct"),
        right=ANSWERS,
        form=AcceptForm,
        run=_answer,
        shown=_open,
        refusals=(UnableToAnswerDispute,),
    ),
    Act(
        key="refuse",
        title=gettext_lazy("Refuse"),
        button=gettext_lazy("Refuse with this answer"),
        right=ANSWERS,
        form=RefuseForm,
        run=_answer,
        shown=_open,
        refusals=(UnableToAnswerDispute,),
        kind="stop",
    ),
)


@admin.register(Dispute)
class DisputeAdmin(ActsAdmin):
    """What institutions dispute."""

    section = "partners"
    icon = "alert"
    order = 49
    acts = ACTS
    list_display = ["statement", "partner", "status", "due_on", "created_at"]
    list_filter = ["status", "partner"]
    list_select_related = ["partner", "statement"]
    fields = ["partner", "about", "line", "text", "status", "due_on", "answer", "correction"]
    fields += ["answered_by", "answered_at", "rule_version", "created_at"]
    readonly_fields = ["about", "answered_by"]

    @admin.display(description=gettext_lazy("partner statement"))
    def about(self, row: Dispute) -> SafeString:
        url = reverse("admin:partners_statement_change", args=[row.statement.ref])
        return format_html('<a href="{}">{}</a>', url, row.statement)

    @admin.display(description=pgettext_lazy("dispute", "answered by"))
    def answered_by(self, row: Dispute) -> str:
        return name_of(row.answered_by_ref) if row.answered_by_ref else "–"

    def title_of(self, row: Any) -> str:
        return f"{row.partner} · {row}"
