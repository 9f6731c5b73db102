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
from products.use_cases.disputing import (
    answer_dispute,
    confirm_split,
    dispute_credit,
    send_split_back,
)
from products.use_cases.refusals import UnableToList


class DisputeForm(ActForm):
    """What is wrong."""

    reason = forms.CharField(
        label=gettext_lazy("What is wrong"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(ActForm):
    """The answer; both parts where another split is proposed."""

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
        help_text=gettext_lazy(
            "The desk gets the rest, and a second person confirms it. Leave both empty where the "
            "credit stays."
        ),
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
    if parts is None:
        return gettext("Answered.")
    return gettext("Proposed. It counts once a second person has confirmed it.")


def _confirm(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    confirm_split(dispute=row, by=user_of(request), at=clock.now())
    return gettext("Confirmed: the credit is split anew.")


def _send_back(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    send_split_back(dispute=row, reason=given["reason"], by=user_of(request), at=clock.now())
    return gettext("Sent back. The dispute is open as before.")


def _waits(user: Any, row: CreditDispute) -> bool:
    """Whether another split waits for this person, who neither proposed nor disputed it."""
    apart = user.ref not in (row.proposed_by_ref, row.raised_by_ref)
    return row.answered_at is None and row.proposed_by_ref is not None and apart


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
    fields += ["answered_by", "answered_at", "proposal", "to_outlet", "to_company"]
    fields += ["proposed_by", "proposed_at"]
    acts = (
        Act(
            key="answer",
            title=pgettext_lazy("credit", "Answer it"),
            button=gettext_lazy("Answer"),
            right="products.change_creditdispute",
            run=_answer,
            shown=lambda user, row: (
                row.answered_at is None
                and row.proposed_by_ref is None
                and user.ref != row.raised_by_ref
            ),
            form=AnswerForm,
            refusals=(UnableToList,),
        ),
        Act(
            key="confirm",
            title=gettext_lazy("Confirm the new split"),
            button=pgettext_lazy("credit", "Confirm"),
            right="products.change_creditdispute",
            run=_confirm,
            shown=_waits,
            refusals=(UnableToList,),
            note=gettext_lazy("It takes the place of the present one and can be disputed anew."),
        ),
        Act(
            key="send-back",
            title=gettext_lazy("Do not confirm it"),
            button=gettext_lazy("Send back"),
            right="products.change_creditdispute",
            run=_send_back,
            shown=_waits,
            form=DisputeForm,
            refusals=(UnableToList,),
            kind="stop",
        ),
    )

    @admin.display(description=gettext_lazy("disputed by"))
    def raised_by(self, row: CreditDispute) -> str:
        return name_of(row.raised_by_ref)

    @admin.display(description=pgettext_lazy("credit", "answered by"))
    def answered_by(self, row: CreditDispute) -> str:
        return name_of(row.answered_by_ref)

    @admin.display(description=pgettext_lazy("dispute", "proposed by"))
    def proposed_by(self, row: CreditDispute) -> str:
        return name_of(row.proposed_by_ref)
