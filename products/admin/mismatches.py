"""Confirmations of the registrar that do not fit: ordered and told, side by side."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext

from brokerage.backoffice.admin.acts import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from products.models import Mismatch, Order
from products.use_cases.reconciling import settle_mismatch
from products.use_cases.refusals import UnableToList


class NoteForm(ActForm):
    """What was agreed with the registrar."""

    note = forms.CharField(
        label=gettext_lazy("How it was settled"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _settle(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    settle_mismatch(mismatch=row, note=given["note"], by=user_of(request), at=clock.now())
    return gettext("Settled.")


@admin.register(Mismatch)
class MismatchAdmin(ActsAdmin):
    """Nothing of them was counted; each is settled with the registrar."""

    section = "products"
    icon = "alert"
    order = 67
    list_display = ["found_at", "number", "product", "why", "settled_at"]
    list_filter = ["why", ("settled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["order__product__item"]
    fields = ["why", "compared", "product", "status", "order_ref", "number"]
    fields += ["found_at", "settled_at", "settled_by", "note"]
    acts = (
        Act(
            key="settle",
            title=gettext_lazy("Settled with the registrar"),
            button=gettext_lazy("Mark as settled"),
            right="products.change_mismatch",
            run=_settle,
            shown=lambda user, row: row.settled_at is None,
            form=NoteForm,
            refusals=(UnableToList,),
            note=gettext_lazy(
                "The order stays as it is until the registrar tells the right figures."
            ),
        ),
    )

    @admin.display(description=gettext_lazy("product"))
    def product(self, row: Mismatch) -> str:
        return str(row.order.product) if row.order else "–"

    @admin.display(description=gettext_lazy("status of the order"))
    def status(self, row: Mismatch) -> str:
        return row.order.get_status_display() if row.order else "–"

    @admin.display(description=gettext_lazy("settled by"))
    def settled_by(self, row: Mismatch) -> str:
        return name_of(row.settled_by_ref)

    @admin.display(description=gettext_lazy("what differs"))
    def compared(self, row: Mismatch) -> SafeString:
        lines = format_html_join(
            SafeString("<br>"),
            gettext("{}: ordered {}, told {}"),
            ((label, ours, row.told.get(key, "–")) for key, label, ours in _ours(row.order)),
        )
        return format_html("{}", lines)


def _ours(order: Order | None) -> list[tuple[str, str, str]]:
    """The figures of the order beside which the registrar's are read."""
    amount = str(order.amount) if order and order.amount is not None else "–"
    units = f"{order.units:.2f}" if order and order.units is not None else "–"
    return [
        ("amount", pgettext("product", "Amount in yuan"), amount),
        ("units", pgettext("security", "Units"), units),
        ("value", gettext("Value of a unit"), "–"),
        ("fee", gettext("Fee"), "–"),
    ]
