"""Products, and taking them off the shelf."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin import ReadOnlyAdmin
from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin, acting
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock, scope
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from products.admin.control import control_view
from products.families import keys_in_words, read_lines
from products.models import DailyValue, Product, Resumption, Suspension
from products.use_cases.listing import list_product
from products.use_cases.refusals import UnableToList
from products.use_cases.staff_match import match_for
from products.use_cases.suspending import ask_to_resume, suspend
from suitability.rules.matching import MatchOutcome

SELL = "products.add_privatecontract"
"""Who sells by hand."""
COLUMNS: tuple[str, ...] = ("item", "family", "issuer", "registration", "on_open_shelf")
COLUMNS += ("summary_zh", "summary_en", "risk_zh", "risk_en", "benchmark_zh", "benchmark_en")


class ProductForm(AddingForm):
    """A product with the facts of its family, one on a line."""

    attributes = forms.CharField(
        label=gettext_lazy("facts of its family"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=lazy(
            lambda: gettext("One a line: key: Chinese | English, or a date. {keys}").format(
                keys=keys_in_words()
            ),
            str,
        )(),
    )

    class Meta:
        model = Product
        fields = COLUMNS

    def clean_attributes(self) -> dict[str, Any]:
        """What was written, by key; the use case says what is missing."""
        return read_lines(self.cleaned_data["attributes"])


class WhyForm(ActForm):
    """Why a product is taken off or brought back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MatchForm(ActForm):
    """Whom a colleague wants to check, and who named the product."""

    customer = forms.UUIDField(
        label=gettext_lazy("Reference number of the customer"),
        help_text=gettext_lazy("It stands on the customer's page."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    wished = forms.BooleanField(
        label=gettext_lazy("The customer named this product without being asked"), required=False
    )


def _match(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    rows = scope.visible(Customer.objects.active(), request.user)
    customer = rows.filter(ref=given["customer"]).first()
    if customer is None:
        said = gettext("No customer of yours has this number.")
        raise UnableToList(said, {"customer": [said]})
    found = match_for(
        customer=customer,
        product=row,
        wished=given["wished"],
        by=user_of(request),
        at=clock.now(),
    )
    if found.outcome == MatchOutcome.MATCH:
        return gettext("It suits {customer}. The decision is kept.").format(
            customer=customer.shown
        )
    said = gettext("It does not suit {customer} and must not be offered: {outcome}.")
    return said.format(customer=customer.shown, outcome=found.get_outcome_display())


MATCH = Act(
    key="match",
    title=gettext_lazy("Check whether it suits a customer"),
    button=gettext_lazy("Check"),
    right=SELL,
    run=_match,
    shown=lambda user, row: not is_suspended(row),
    form=MatchForm,
    refusals=(UnableToList,),
    kind="2",
    note=gettext_lazy("The decision is kept with your name. What you offer counts as offered."),
)


def is_suspended(row: Product) -> bool:
    """Whether a suspension of the product is open."""
    return Suspension.objects.filter(product=row, ended_at=None).exists()


def _suspend(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    suspend(product=row, reason=given["reason"], by=user_of(request), at=clock.now())
    return gettext("Suspended. Nobody can buy it from now on.")


def _resume(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    ask_to_resume(product=row, reason=given["reason"], maker=user_of(request), at=clock.now())
    return gettext("Asked. It is sold again once a second person agrees.")


@admin.register(Product)
class ProductAdmin(AddsAdmin):
    """Products with their terms; what is suspended goes at once and comes back with four eyes."""

    section = "products"
    icon = "box"
    order = 62
    form = ProductForm
    refusals = (UnableToList,)
    list_display = ["code", "name", "family", "issuer", "on_open_shelf"]
    list_filter = ["family", "on_open_shelf"]
    list_select_related = ["item", "issuer"]
    search_fields = ["item__code", "item__name_zh", "item__name_en", "registration"]
    readonly_fields = ["facts", "sold", "suspended", "values_until"]
    add_label = gettext_lazy("Register a product")
    acts = (
        MATCH,
        Act(
            key="suspend",
            title=gettext_lazy("Stop selling it at once"),
            button=gettext_lazy("Suspend"),
            right="products.add_suspension",
            run=_suspend,
            shown=lambda user, row: not is_suspended(row),
            form=WhyForm,
            refusals=(UnableToList,),
            kind="stop",
            note=gettext_lazy("One person is enough. Customers can still sell what they hold."),
        ),
        Act(
            key="resume",
            title=gettext_lazy("Sell it again"),
            button=gettext_lazy("Ask a second person"),
            right="products.add_suspension",
            run=_resume,
            shown=lambda user, row: is_suspended(row),
            form=WhyForm,
            refusals=(UnableToList,),
        ),
    )

    def own_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(control_view)
        return [path("control/", view, name="products_control"), *super().own_urls()]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [*COLUMNS, "attributes"]
        return [*COLUMNS, *self.readonly_fields]

    @admin.display(description=gettext_lazy("code"), ordering="item__code")
    def code(self, row: Product) -> str:
        return row.item.code

    @admin.display(description=pgettext_lazy("product", "name"))
    def name(self, row: Product) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("facts of its family"))
    def facts(self, row: Product) -> SafeString | str:
        lines = [
            (key, _both(value) if isinstance(value, dict) else value)
            for key, value in row.attributes.items()
        ]
        return format_html_join(SafeString("<br>"), "{}: {}", lines) or "–"

    @admin.display(description=pgettext_lazy("products", "terms of sale"))
    def sold(self, row: Product) -> SafeString | str:
        """Newest first, what waits among them."""
        lines = [
            (
                formats.day(each.valid_from, year=True),
                each.get_decision_display(),
                formats.money(each.minimum),
                each.change_reason,
            )
            for each in row.terms.order_by("-valid_from", "-pk")
        ]
        return format_html_join(SafeString("<br>"), "{} · {} · {} · {}", lines) or "–"

    @admin.display(description=gettext_lazy("suspensions"))
    def suspended(self, row: Product) -> SafeString | str:
        open_end = gettext("until further notice")
        lines = [
            (
                formats.moment(each.begun_at),
                formats.moment(each.ended_at) if each.ended_at else open_end,
                each.reason,
            )
            for each in row.suspensions.order_by("-begun_at", "-pk")
        ]
        return format_html_join(SafeString("<br>"), "{} – {} · {}", lines) or "–"

    @admin.display(description=gettext_lazy("newest daily value"))
    def values_until(self, row: Product) -> str:
        newest = DailyValue.objects.filter(product=row).order_by("-day").first()
        if newest is None:
            return "–"
        return f"{formats.number(newest.value, 4)} · {formats.day(newest.day, year=True)}"

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        given = {name: getattr(row, name) for name in COLUMNS}
        given["attributes"] = form.cleaned_data["attributes"]
        return list_product(**acting(request), **given)


@admin.register(Suspension)
class SuspensionAdmin(ReadOnlyAdmin):
    """What was taken off the shelf, by whom and why."""

    section = "products"
    icon = "pause"
    order = 64
    list_display = ["product", "begun_at", "ended_at"]
    list_select_related = ["product__item"]
    fields = ["product", "reason", "by", "begun_at", "ended_at"]

    @admin.display(description=gettext_lazy("suspended by"))
    def by(self, row: Suspension) -> str:
        return name_of(row.begun_by_ref)


@admin.register(Resumption)
class ResumptionAdmin(ReadOnlyAdmin):
    """Wishes to sell a product again; a second person decides."""

    section = "products"
    icon = "refresh"
    order = 65
    list_display = ["suspension", "made_at", "decision"]
    list_filter = ["decision"]
    list_select_related = ["suspension__product__item"]
    fields = ["suspension", "reason", "asked_by", "made_at", "decision", "rejection_reason"]

    @admin.display(description=gettext_lazy("asked by"))
    def asked_by(self, row: Resumption) -> str:
        return name_of(row.made_by_ref)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")


def _both(text: dict[str, str]) -> SafeString:
    """A text of the list in its two languages."""
    spans = '<span lang="zh-Hans">{}</span> | <span lang="en">{}</span>'
    return format_html(spans, text["zh"], text["en"])
