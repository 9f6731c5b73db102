"""Complaints: taken down and answered; what the customer said stays encrypted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from products.models import Complaint
from products.states import ComplaintStatus
from products.use_cases.complaining import answer_complaint, receive_complaint
from products.use_cases.refusals import UnableToList


class ComplaintForm(AddingForm):
    """Who complains, of which product, in their words."""

    said = forms.CharField(
        label=gettext_lazy("what the customer says"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    class Meta:
        model = Complaint
        fields = ("customer", "product")


class AnswerForm(ActForm):
    """The answer, as the customer reads it."""

    answer = forms.CharField(
        label=gettext_lazy("our answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


def _answer(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    answer_complaint(complaint=row, answer=given["answer"], by=user_of(request), at=clock.now())
    return gettext("Answered.")


@admin.register(Complaint)
class ComplaintAdmin(AddsAdmin):
    """While one is open, nothing is suggested to its customer."""

    section = "customers"
    icon = "alert"
    order = 45
    form = ComplaintForm
    refusals = (UnableToList,)
    list_display = ["received_at", "who", "product", "status"]
    list_filter = ["status"]
    list_select_related = ["customer", "product__item"]
    readonly_fields = ["who", "taken_by", "status", "received_at", "answered_at", "replied_by"]
    revealed = ("text", "answer")
    add_label = gettext_lazy("Take down a complaint")
    acts = (
        Act(
            key="answer",
            title=pgettext_lazy("complaint", "Answer it"),
            button=gettext_lazy("Answer"),
            right="products.change_complaint",
            run=_answer,
            shown=lambda user, row: (
                row.status == ComplaintStatus.RECEIVED and user.ref != row.received_by_ref
            ),
            form=AnswerForm,
            refusals=(UnableToList,),
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["customer", "product", "said"]
        return ["who", "product", "text", "answer", *self.readonly_fields[1:]]

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: Complaint) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("taken down by"))
    def taken_by(self, row: Complaint) -> str:
        return name_of(row.received_by_ref) if row.pk else ""

    @admin.display(description=pgettext_lazy("complaint", "answered by"))
    def replied_by(self, row: Complaint) -> str:
        return name_of(row.answered_by_ref)

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return receive_complaint(
            customer=row.customer,
            product=row.product,
            text=form.cleaned_data["said"],
            by=user_of(request),
            at=clock.now(),
        )
