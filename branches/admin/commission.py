"""The commission grid and what customers agreed to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.commission.dated import SAMPLE, fees_on
from branches.commission.quoting import quote
from branches.models import AgreedRate, CommissionRate, RateReview
from branches.use_cases.propose_rate import check_limits, propose_rate
from brokerage.backoffice.admin import ReadOnlyAdmin, ScopedAdmin
from brokerage.backoffice.lists.customers import PHONE
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock, scope
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule

COLUMNS = (
    "unit",
    "market",
    "product",
    "business",
    "rate",
    "per_contract",
    "minimum",
    "includes_handling",
    "includes_regulatory",
    "includes_transfer",
    "valid_from",
    "valid_to",
    "reason",
)


class CommissionRateForm(forms.ModelForm):  # type: ignore[type-arg]  # no subscript at run time
    """A rate that somebody proposes; a customer is named by the whole phone number."""

    phone = forms.CharField(
        label=gettext_lazy("Phone number of the customer"),
        required=False,
        help_text=gettext_lazy("Empty: for everybody at this unit."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    class Meta:
        model = CommissionRate
        fields = COLUMNS

    def clean_phone(self) -> Customer | None:
        """The customer with this number, among those that the maker may see."""
        term = self.cleaned_data["phone"].strip()
        if not term:
            return None
        condition = PHONE(term) or Q(pk=None)
        found: Customer | None = scope.visible(Customer, self.maker).filter(condition).first()
        if found is None:
            raise ValidationError(_("No customer of your units has this number."))
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.instance.customer = found.get("phone")
        return found

    def _post_clean(self) -> None:
        """Cap and floor beside the field, once the columns themselves are right."""
        super()._post_clean()  # type: ignore[misc]  # the stubs lack it
        if not self.errors:
            try:
                check_limits(self.instance)
            except ValidationError as error:
                self.add_error(None, error)

    maker: Any = None


@admin.register(CommissionRate)
class CommissionRateAdmin(ScopedAdmin):
    """Rates of the network: proposed here, released by somebody with the authority."""

    section = "prices"
    icon = "card"
    order = 60
    form = CommissionRateForm
    change_form_template = "admin/branches/commission_rate.html"
    list_display = ["unit", "market", "product", "business", "shown", "valid_from", "valid_to"]
    list_display += ["for_whom", "decision"]
    list_filter = ["decision", "market", "product", "business"]
    list_select_related = ["unit", "customer"]
    readonly_fields = ["for_whom", "proposed_by", "made_at", "decision", "checked_at"]
    readonly_fields += ["rejection_reason"]
    export_columns = ("unit", *COLUMNS[1:-1], "decision")
    add_label = gettext_lazy("Propose a rate")

    @admin.display(description=gettext_lazy("rate"))
    def shown(self, row: CommissionRate) -> str:
        if row.rate is None:
            price = formats.money(row.per_contract or Decimal(0))
            return _("{price} a contract").format(price=price)
        return formats.rate(row.rate)

    @admin.display(description=gettext_lazy("for"))
    def for_whom(self, row: CommissionRate) -> str:
        return row.customer.masked_name or _("one customer") if row.customer else _("everybody")

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: CommissionRate) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        return type(made.__name__, (made,), {"maker": request.user})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["phone", *COLUMNS] if obj is None else [*COLUMNS, *self.readonly_fields]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # proposed once, then decided; a new rate replaces the old one

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        if row is not None and row.rate is not None:
            context["bill"] = _sample(row)
            context["replace_url"] = self._replace_url(request, row)
        return super().render_change_form(request, context, *args, **kwargs)

    def _replace_url(self, request: HttpRequest, row: CommissionRate) -> str:
        """Where another is proposed for a rate that new fees do not allow; empty for others."""
        found = RateReview.objects.waiting(clock.today()).filter(rate=row)
        if not self.has_add_permission(request) or not found.exists():
            return ""
        kept = ("market", "product", "business", "minimum")
        values = {"unit": row.unit_id, **{name: getattr(row, name) for name in kept}}
        return f"{reverse(self.url_name('add'))}?{urlencode(values)}"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A form of this list never changes a rate, it proposes one."""
        values = {name: getattr(obj, name) for name in COLUMNS}
        made = propose_rate(
            maker=user_of(request), at=clock.now(), customer=obj.customer, **values
        )
        obj.pk, obj.ref = made.pk, made.ref


def _sample(row: CommissionRate) -> Any:
    """What the firm's sample purchase costs by this rate on its first day; None without fees."""
    try:
        amount = Rule.objects.in_force(SAMPLE, row.valid_from).figure
        fees = fees_on(row.valid_from, row.market, row.product)
    except NoRuleInForce:
        return None
    return quote(terms=row.terms, fees=fees, amount=amount, selling=False)


@admin.register(AgreedRate)
class AgreedRateAdmin(ReadOnlyAdmin):
    """Which customer agreed to which rate, and when."""

    section = "prices"
    icon = "check"
    order = 70
    key = "-pk"
    list_display = ["agreed_at", "who", "rate", "channel"]
    list_select_related = ["customer", "rate__unit"]
    export_columns = ("agreed_at", "rate", "fees_version", "channel")
    fields = ["who", "rate", "agreed_at", "channel", "fees_version"]

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: AgreedRate) -> str:
        return row.customer.shown
