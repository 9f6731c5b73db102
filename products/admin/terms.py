"""Terms of sale: proposed here, published by a second person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from products.fee_lines import BadLine, read_lines
from products.models import Terms
from products.rules.costs import YEARLY
from products.states import Channel
from products.use_cases.listing import propose_terms
from products.use_cases.refusals import UnableToList
from products.wording import YEARLY as YEARLY_WORDS
from products.wording import fee_lines

ASKED: tuple[str, ...] = ("product", "minimum", "step", "quota", "most_held", "channels", "unit")
ASKED += ("cut_off", "arrival_days")
DATES = ("valid_from", "valid_to", "change_reason")


class LinesField(forms.CharField):
    """Steps of a fee, one on a line, such as `0: 1.2%` and `5000000: 1000`."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, value: Any) -> list[dict[str, str]]:
        try:
            return read_lines(super().clean(value) or "")
        except BadLine as bad:
            raise ValidationError(
                gettext_lazy("Line %(number)s cannot be read: write such as 0: 1.2%%."),
                params={"number": bad.number},
            ) from bad


def _percent(name: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=YEARLY_WORDS[name],
        required=False,
        min_value=0,
        max_value=5,
        max_digits=6,
        decimal_places=4,
        help_text=gettext_lazy("Per cent of the value a year."),
    )


class TermsForm(AddingForm):
    """Terms with fees as people write them."""

    channels = forms.MultipleChoiceField(
        label=gettext_lazy("where it may be bought"),
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    subscription = LinesField(
        label=gettext_lazy("fee on buying, from an amount on"),
        help_text=gettext_lazy("One a line: amount in yuan: rate or yuan, such as 0: 1.2%."),
    )
    redemption = LinesField(
        label=gettext_lazy("fee on selling, from days held on"),
        help_text=gettext_lazy("One a line: days: rate or yuan, such as 7: 0.5%."),
    )
    management = _percent("management")
    custody = _percent("custody")
    service = _percent("service")

    class Meta:
        model = Terms
        fields = (*ASKED, *DATES)

    @property
    def fees(self) -> dict[str, Any]:
        """The table of fees as terms keep it."""
        given = self.cleaned_data
        rates = {name: given[name] for name in YEARLY if given.get(name) is not None}
        return {
            "subscription": given.get("subscription") or [],
            "redemption": given.get("redemption") or [],
            "yearly": {name: format(rate / 100, "f") for name, rate in rates.items()},
        }


@admin.register(Terms)
class TermsAdmin(AddsAdmin):
    """A product is for sale on approved terms alone; new ones end those before."""

    section = "products"
    icon = "doc"
    order = 63
    form = TermsForm
    refusals = (UnableToList,)
    list_display = ["product", "minimum", "valid_from", "valid_to", "decision"]
    list_filter = ["decision"]
    list_select_related = ["product__item"]
    readonly_fields = ["sold_at", "fees_in_words", "proposed_by", "made_at", "decision"]
    readonly_fields += ["checked_at", "rejection_reason"]
    add_label = gettext_lazy("Propose terms")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [*ASKED, "subscription", "redemption", *YEARLY, *DATES]
        left = [name for name in ASKED if name != "channels"]
        return [*left, *DATES, *self.readonly_fields]

    @admin.display(description=gettext_lazy("where it may be bought"))
    def sold_at(self, row: Terms) -> str:
        return ", ".join(row.channel_labels)

    @admin.display(description=pgettext_lazy("product", "fees"))
    def fees_in_words(self, row: Terms) -> SafeString | str:
        return format_html_join(SafeString("<br>"), "{}: {}", fee_lines(row.table)) or "–"

    @admin.display(description=gettext_lazy("proposed by"))
    def proposed_by(self, row: Terms) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        names = (*(name for name in ASKED if name != "product"), *DATES)
        return propose_terms(
            product=row.product,
            fees=form.fees,
            maker=user_of(request),
            at=clock.now(),
            **{name: form.cleaned_data[name] for name in names},
        )
