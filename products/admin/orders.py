"""Orders, for the branch company that they belong to; nothing is changed here."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.backoffice.admin.cells import EMPTY
from brokerage.core.display import formats
from products.admin import counter
from products.models import CounterOrder, Order


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
    fields += ["taken_down"]
    fields += ["dealing_day", "placed_at", "paid_at", "sent_at", "ended_at"]
    fields += ["confirmed_units", "confirmed_value", "invested", "fee", "refund", "refunded_at"]

    def own_urls(self) -> list[URLPattern]:
        """The pages of the counter hang here."""
        view = self.admin_site.admin_view
        return [
            path("counter/", view(counter.choose), name="products_counters"),
            path("counter/<slug:outlet>/", view(counter.counter), name="products_counter"),
            path("counter/sale/<uuid:ref>/", view(counter.sale), name="products_sale"),
            *super().own_urls(),
        ]

    @admin.display(description=gettext_lazy("taken down at an outlet"))
    def taken_down(self, row: Order) -> str:
        rows = CounterOrder.objects.select_related("release__outlet", "release__helper")
        found = rows.filter(order=row).first()
        if found is None or found.release.helper is None:
            return EMPTY
        return f"{found.release.outlet} · {found.release.helper.display_name}"

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: Order) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("amount or units"))
    def measure(self, row: Order) -> str:
        if row.amount is not None:
            return formats.money(row.amount)
        return formats.number(row.units or 0, 2)
