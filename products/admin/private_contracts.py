"""Contracts of private funds: taken down with their recording, then confirmed in a call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from brokerage.journal.actors import Actor
from products.models import PrivateContract
from products.private_states import PrivateStatus
from products.states import HIDDEN
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.private_selling import (
    cancel_contract,
    confirm_in_call,
    note_attempt,
    sign_contract,
)
from products.use_cases.refusals import UnableToList

CALLS = "products.call_privatecontract"


class ContractForm(AddingForm):
    """Who signs for which fund, for how much, and the recording of it."""

    upload = forms.FileField(
        label=gettext_lazy("recording (video)"),
        help_text=gettext_lazy("What was told and signed, in one piece."),
    )

    class Meta:
        model = PrivateContract
        fields = ("customer", "product", "amount")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "product" in self.fields:  # not on the page of one that stands
            products: Any = self.fields["product"]
            products.queryset = products.queryset.filter(family__in=HIDDEN).select_related("item")


class CallForm(ActForm):
    """What the customer said."""

    note = forms.CharField(
        label=gettext_lazy("What the customer said"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TriedForm(ActForm):
    """What came of the call."""

    note = forms.CharField(
        label=gettext_lazy("What came of the call"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _confirm(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    confirm_in_call(contract=row, note=given["note"], by=user_of(request), at=clock.now())
    return gettext("Confirmed: the contract binds.")


def _note(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    note_attempt(contract=row, note=given["note"], by=user_of(request), at=clock.now())
    return gettext("Noted. It stays in the list of calls.")


def _may_be_called(user: Any, row: Any) -> bool:
    return bool(
        row.status == PrivateStatus.COOLING
        and clock.now() >= row.cooling_until
        and user.ref != row.seller_ref
    )


def _cancel(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    cancel_contract(contract=row, actor=Actor.of(user_of(request)), at=clock.now())
    return gettext("Taken back. All of the money goes back.")


@admin.register(PrivateContract)
class PrivateContractAdmin(AddsAdmin):
    """Contracts, newest first."""

    section = "products"
    icon = "lock"
    order = 78
    form = ContractForm
    refusals = (UnableToList,)
    list_display = ["placed_at", "who", "product", "status", "cooling_until", "call_due"]
    list_filter = ["status"]
    list_select_related = ["customer", "product__item"]
    readonly_fields = ["who", "status", "company", "outlet", "seller", "paid_at"]
    readonly_fields += ["cooling_until", "call_due", "attempts", "tried_at"]
    readonly_fields += ["called_by", "called_at", "call_note"]
    readonly_fields += ["ended_at", "refund", "refunded_at", "rule_version", "order"]
    add_label = gettext_lazy("Take down a contract")
    acts = (
        Act(
            key="confirm",
            title=gettext_lazy("The customer confirms it in the call"),
            button=gettext_lazy("Make it binding"),
            right=CALLS,
            run=_confirm,
            shown=_may_be_called,
            form=CallForm,
            refusals=(UnableToList,),
            note=gettext_lazy("Ask openly; say nothing that would lead the customer on."),
        ),
        Act(
            key="tried",
            title=gettext_lazy("Nobody answered, or the customer has not decided"),
            button=gettext_lazy("Note the call"),
            right=CALLS,
            run=_note,
            shown=_may_be_called,
            form=TriedForm,
            refusals=(UnableToList,),
            note=gettext_lazy("Without a yes in time it ends by itself and all money goes back."),
        ),
        Act(
            key="cancel",
            title=gettext_lazy("The customer takes it back"),
            button=gettext_lazy("Take it back"),
            right=CALLS,
            run=_cancel,
            shown=lambda user, row: row.status == PrivateStatus.COOLING,
            refusals=(UnableToOrder,),
            kind="stop",
            note=gettext_lazy("No reason is asked for. All of the money goes back."),
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["customer", "product", "amount", "upload"]
        return ["who", "product", "amount", *self.readonly_fields[1:]]

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: PrivateContract) -> str:
        return row.customer.shown if row.pk else ""

    @admin.display(description=pgettext_lazy("private contract", "seller"))
    def seller(self, row: PrivateContract) -> str:
        return name_of(row.seller_ref) if row.pk else ""

    @admin.display(description=pgettext_lazy("private contract", "called by"))
    def called_by(self, row: PrivateContract) -> str:
        return name_of(row.called_by_ref)

    def files_of(self, row: PrivateContract) -> list[tuple[UUID, str]]:
        return [(row.recording.ref, gettext("Watch the recording"))]

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return sign_contract(
            customer=row.customer,
            product=row.product,
            amount=row.amount,
            upload=form.cleaned_data["upload"],
            by=user_of(request),
            at=clock.now(),
        )
