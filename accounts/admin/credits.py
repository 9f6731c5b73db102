"""Credits for openings, seen by every unit with a share, and disputes about them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.credit.access import DISPUTES
from accounts.credit.desk import ANSWERS
from accounts.models import OpeningCredit, OpeningDispute, OpeningShare
from accounts.use_cases.credit_opening import (
    UnableToCredit,
    answer_opening_dispute,
    dispute_opening,
)
from branches.models import OrgUnit
from branches.states import Kind
from brokerage.backoffice.admin import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import user_of
from brokerage.core import clock


class DisputeForm(ActForm):
    """What is wrong."""

    reason = forms.CharField(
        label=gettext_lazy("What is wrong"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(ActForm):
    """The answer; share, unit and per cent where part of the credit moves."""

    answer = forms.CharField(
        label=gettext_lazy("our answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = forms.ModelChoiceField(
        label=pgettext_lazy("credit", "share that gives"),
        queryset=OpeningShare.objects.none(),
        required=False,
    )
    to = forms.ModelChoiceField(
        label=pgettext_lazy("credit", "unit that gets it"),
        queryset=OrgUnit.objects.filter(kind=Kind.OUTLET).order_by("code"),
        required=False,
    )
    percent = forms.DecimalField(
        label=gettext_lazy("per cent"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("Leave all three empty where the credit stays."),
    )

    def __init__(self, *args: Any, row: OpeningDispute, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        shares = row.credit.shares.select_related("unit").order_by("pk")
        source: Any = self.fields["source"]
        source.queryset = shares
        source.label_from_instance = _words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [cleaned.get(name) for name in ("source", "to", "percent")]
        if any(given) and not all(given):
            self.add_error("percent", gettext("Fill in all three, or none."))
        return cleaned


def _words(share: OpeningShare) -> str:
    step = f" ({share.get_step_display()})" if share.step else ""
    return f"{share.get_kind_display()}{step}: {share.unit}, {share.percent}%"


def _dispute(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    dispute_opening(credit=row, reason=given["reason"], by=user_of(request), at=clock.now())
    return gettext("Disputed. Head office answers in time.")


def _answer(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    moved = (given["source"], given["to"], given["percent"]) if given["source"] else None
    answer_opening_dispute(
        dispute=row, answer=given["answer"], moved=moved, by=user_of(request), at=clock.now()
    )
    return gettext("Answered.")


@admin.register(OpeningCredit)
class OpeningCreditAdmin(ActsAdmin):
    """Who was credited with an opening; nothing is changed, but it can be disputed in time."""

    section = "business"
    icon = "swap"
    order = 17
    list_display = ["__str__", "made_at", "outlet", "disputed_until", "replaced_at"]
    list_select_related = ["application__outlet"]
    fields = ["application", "outlet", "shares_told", "rule_version", "made_at"]
    fields += ["disputed_until", "replaced_at"]
    acts = (
        Act(
            key="dispute",
            title=gettext_lazy("This is wrong"),
            button=gettext_lazy("Dispute it"),
            right=DISPUTES,
            run=_dispute,
            shown=lambda user, row: (
                row.replaced_at is None
                and clock.now() < row.disputed_until
                and not row.disputes.filter(answered_at=None).exists()
            ),
            form=DisputeForm,
            refusals=(UnableToCredit,),
        ),
    )

    @admin.display(description=gettext_lazy("outlet"))
    def outlet(self, row: OpeningCredit) -> str:
        return str(row.application.outlet)

    @admin.display(description=pgettext_lazy("credit", "shares"))
    def shares_told(self, row: OpeningCredit) -> str:
        """Each share in words; together 100 per cent."""
        shares = row.shares.select_related("unit", "person").order_by("pk")
        return "; ".join(
            _words(each) + (f", {each.person}" if each.person else "") for each in shares
        )


@admin.register(OpeningDispute)
class OpeningDisputeAdmin(ActsAdmin):
    """Disputes about openings with their clock."""

    section = "business"
    icon = "alert"
    order = 18
    list_display = ["__str__", "raised_at", "due_at", "upheld"]
    list_filter = ["upheld"]
    list_select_related = ["credit__application"]
    fields = ["credit", "reason", "raised_by", "raised_at", "due_at", "upheld", "answer"]
    fields += ["answered_by", "answered_at"]
    acts = (
        Act(
            key="answer",
            title=gettext_lazy("Answer the dispute"),
            button=gettext_lazy("Answer"),
            right=ANSWERS,
            run=_answer,
            shown=lambda user, row: row.answered_at is None and user.pk != row.raised_by_id,
            form=AnswerForm,
            refusals=(UnableToCredit,),
        ),
    )
