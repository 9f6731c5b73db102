"""Orders, for the branch company that they belong to; nothing is changed here."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.core.display import formats
from products.models import Order


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """What customers ordered, newest first."""

    section = "products"
    icon = "card"
    order = 66
    list_display = ["placed_at", "who", "product", "side", "measure", "status"]
    list_filter = ["status", "side"]
    list_select_related = ["customer", "product__item"]
    fields = ["who", "product", "side", "measure", "status", "reason", "company", "outlet"]
    fields += ["dealing_day", "placed_at", "paid_at", "sent_at", "ended_at"]
    fields += ["confirmed_units", "confirmed_value", "invested", "fee", "refund", "refunded_at"]

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: Order) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("amount or units"))
    def measure(self, row: Order) -> str:
        if row.amount is not None:
            return formats.money(row.amount)
        return formats.number(row.units or 0, 2)
