"""Customers by assets and service tier, within scope."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.backoffice.lists.customers import WHO_HELP, WHOSE
from brokerage.core import clock, scope
from brokerage.core.display import formats
from brokerage.customers.models.customers import Kind
from holdings.dated import segment_rule
from holdings.models import AssetSnapshot, CustomerAssets, Position, Trade
from holdings.selectors.portfolio import portfolio
from holdings.shown import context_of
from holdings.states import Segment

TRADES = 20
"""So many of the last trades stand on the page of one customer."""


class SegmentFilter(admin.SimpleListFilter):
    """Retail, high-net-worth, institution; by the rule of today."""

    title = gettext_lazy("segment")
    parameter_name = "segment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Segment.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in Segment.values:
            return queryset
        if self.value() == Segment.INSTITUTION:
            return queryset.filter(customer__kind=Kind.ORGANISATION)
        least = segment_rule(clock.today()).least
        wanted = Q(average__gte=least) if self.value() == Segment.WEALTHY else Q(average__lt=least)
        return queryset.filter(wanted, customer__kind=Kind.PERSON)


@admin.register(CustomerAssets)
class CustomerAssetsAdmin(ReadOnlyAdmin):
    """The newest figures of each customer; the page of one shows what they hold."""

    section = "customers"
    icon = "chart"
    order = 30
    search_by = WHOSE
    search_help = WHO_HELP
    list_display = ["who", "tier", "net", "mean", "day"]
    list_filter = ["tier", SegmentFilter]
    list_select_related = ["customer"]
    fields = ["who", "tier", "net", "mean", "day", "rule_version"]
    change_form_template = "admin/holdings/assets.html"

    def title_of(self, row: CustomerAssets) -> str:
        return row.customer.masked_name or str(row.ref)

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: CustomerAssets) -> str:
        return row.customer.shown

    @admin.display(description=gettext_lazy("assets"))
    def net(self, row: CustomerAssets) -> str:
        return formats.money(row.counted)

    @admin.display(description=gettext_lazy("average"))
    def mean(self, row: CustomerAssets) -> str:
        return formats.money(row.average)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """What the customer sees too, and the last trades."""
        row = kwargs.get("obj")
        if row is not None:
            found = portfolio(
                scope.visible(AssetSnapshot, request.user).filter(customer=row.customer_id),
                scope.visible(Position, request.user).filter(account__customer=row.customer_id),
            )
            trades = scope.visible(Trade, request.user).filter(account__customer=row.customer_id)
            context["trades"] = trades.select_related("instrument").order_by("-day", "-pk")[
                :TRADES
            ]
            if found is not None:
                context |= context_of(found, clock.today())
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("customer")
