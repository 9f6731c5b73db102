"""Customers by assets and service tier, within scope."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.backoffice.lists.customers import WHO_HELP, WHOSE
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.customers.models.customers import Kind
from holdings.dated import segment_rule
from holdings.models import AssetSnapshot, CustomerAssets, Position
from holdings.selectors.portfolio import portfolio
from holdings.states import Segment

SHOWN = 10


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
    fields = ["who", "tier", "net", "mean", "day", "rule_version", "held", "snapshots"]

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

    @admin.display(description=gettext_lazy("holdings"))
    def held(self, row: CustomerAssets) -> SafeString | str:
        """What the customer holds by class, and the money beside it."""
        found = portfolio(
            AssetSnapshot.objects.filter(customer=row.customer_id),
            Position.objects.filter(account__customer=row.customer_id),
            days=1,
        )
        if found is None:
            return "–"
        lines = [
            (each.instrument.code, each.instrument.name, formats.money(each.value))
            for kind in found.classes
            for each in kind.holdings
        ]
        money = pgettext("asset class", "Cash"), formats.money(found.newest.cash)
        told = format_html_join(SafeString("<br>"), "{} {} · {}", lines)
        return (
            format_html("{}<br>{} · {}", told, *money) if lines else format_html("{} · {}", *money)
        )

    @admin.display(description=gettext_lazy("asset snapshots"))
    def snapshots(self, row: CustomerAssets) -> SafeString | str:
        """The last days with what counted."""
        days = AssetSnapshot.objects.filter(customer=row.customer_id).order_by("-day")[:SHOWN]
        lines = [(formats.day(each.day), formats.money(each.counted)) for each in days]
        return format_html_join(SafeString("<br>"), "{} · {}", lines) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("customer")
