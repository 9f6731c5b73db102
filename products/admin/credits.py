"""Credits for referrals, seen by both sides, and disputes about them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.core.money import YUAN
from products.models import CreditDispute, CreditSplit
from products.use_cases.disputing import answer_dispute, dispute_credit
from products.use_cases.refusals import UnableToList


class DisputeForm(ActForm):
    """What is wrong."""

    reason = forms.CharField(
        label=gettext_lazy("What is wrong"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(ActForm):
    """The answer; both parts where there is another split from now on."""

    answer = forms.CharField(
        label=gettext_lazy("our answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    outlet = forms.DecimalField(
        label=gettext_lazy("to the outlet"), required=False, min_value=0, **YUAN
    )
    company = forms.DecimalField(
        label=gettext_lazy("to the branch company"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("The desk gets the rest. Leave both empty where the credit stays."),
        **YUAN,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("outlet") is None) != (cleaned.get("company") is None):
            self.add_error("company", gettext("Fill in both parts, or neither."))
        return cleaned


def _dispute(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    dispute_credit(split=row, reason=given["reason"], by=user_of(request), at=clock.now())
    return gettext("Disputed. Head office answers in time.")


def _answer(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    parts = None if given["outlet"] is None else (given["outlet"], given["company"])
    answer_dispute(
        dispute=row, answer=given["answer"], parts=parts, by=user_of(request), at=clock.now()
    )
    return gettext("Answered.")


@admin.register(CreditSplit)
class CreditSplitAdmin(ActsAdmin):
    """Who was credited with what; nothing is changed, but it can be disputed in time."""

    section = "products"
    icon = "swap"
    order = 72
    list_display = ["made_at", "referral", "revenue", "to_outlet", "to_company", "to_desk"]
    list_select_related = ["referral__customer"]
    fields = ["referral", "revenue", "to_outlet", "to_company", "to_desk", "rule_version"]
    fields += ["made_at", "disputed_until", "replaced_at"]
    acts = (
        Act(
            key="dispute",
            title=gettext_lazy("This is wrong"),
            button=gettext_lazy("Dispute it"),
            right="products.add_creditdispute",
            run=_dispute,
            shown=lambda user, row: (
                row.replaced_at is None
                and clock.now() < row.disputed_until
                and not row.disputes.filter(answered_at=None).exists()
            ),
            form=DisputeForm,
            refusals=(UnableToList,),
        ),
    )


@admin.register(CreditDispute)
class CreditDisputeAdmin(ActsAdmin):
    """Disputes with their clock."""

    section = "products"
    icon = "alert"
    order = 73
    list_display = ["raised_at", "split", "due_at", "upheld"]
    list_filter = ["upheld"]
    list_select_related = ["split__referral__customer"]
    fields = ["split", "reason", "raised_by", "raised_at", "due_at", "upheld", "answer"]
    fields += ["answered_by", "answered_at"]
    acts = (
        Act(
            key="answer",
            title=gettext_lazy("Answer it"),
            button=gettext_lazy("Answer"),
            right="products.change_creditdispute",
            run=_answer,
            shown=lambda user, row: row.answered_at is None and user.ref != row.raised_by_ref,
            form=AnswerForm,
            refusals=(UnableToList,),
        ),
    )

    @admin.display(description=gettext_lazy("disputed by"))
    def raised_by(self, row: CreditDispute) -> str:
        return name_of(row.raised_by_ref)

    @admin.display(description=pgettext_lazy("credit", "answered by"))
    def answered_by(self, row: CreditDispute) -> str:
        return name_of(row.answered_by_ref)
