"""What somebody types on the shelf and on the page of a product."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.money import BadAmount, parse_yuan
from products.selectors.shelf import Wish
from products.states import HIDDEN, Family
from suitability.models import GradeChoice

MOST = Decimal("1000000000.00")
EXACT = re.compile(r"\d{1,14}\.\d{3,6}", re.ASCII)
SHOWN = [(family.value, family.label) for family in Family if family not in HIDDEN]


class WishForm(forms.Form):
    """Filters of the shelf; what is no choice counts as anything."""

    family = forms.ChoiceField(
        label=pgettext_lazy("shelf", "Kind"), required=False, choices=[("", _("Any"))]
    )
    grade = forms.ChoiceField(
        label=_("Grade of risk"), required=False, choices=[("", _("Any")), *GradeChoice.choices]
    )
    q = forms.CharField(
        label=_("Name or code"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, hidden: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        families = Family.choices if hidden else SHOWN
        self.fields["family"].choices = [("", _("Any")), *families]  # type: ignore[attr-defined]

    def wish(self, after: str) -> Wish:
        """The wish, also of a form with mistakes: a wrong part counts as empty."""
        self.is_valid()
        given = self.cleaned_data
        return Wish(
            family=given.get("family", ""),
            grade=given.get("grade", ""),
            query=given.get("q", "").strip(),
            after=after.replace("\x00", "")[:40],
        )


class AmountForm(forms.Form):
    """An amount of yuan, for the costs."""

    amount = forms.CharField(
        label=pgettext_lazy("product", "Amount in yuan"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean_amount(self) -> Decimal:
        """Yuan in cents, more than nothing and up to a thousand million."""
        amount = parse_yuan(self.cleaned_data["amount"])
        if not 0 < amount <= MOST:
            raise BadAmount(
                _("Enter an amount between 0.01 and 1,000,000,000 yuan."), code="range"
            )
        return amount


class BuyForm(AmountForm):
    """How much to buy for; what was told goes along, so that a change is noticed."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(required=False, widget=forms.HiddenInput)
    decision = forms.UUIDField(required=False, widget=forms.HiddenInput)


class SellForm(forms.Form):
    """How many units to sell, or all of them; what was told goes along, as in buying."""

    units = forms.CharField(
        label=_("Units to sell"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    day = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, free: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.free = free

    def clean_units(self) -> Decimal:
        """All that is free, or what was typed in the form of an amount without its sign.

        More than two decimals are read too: whoever sells all has them in the second step.
        """
        typed = self.cleaned_data["units"]
        if "all" in self.data:
            return self.free
        if not typed:
            raise BadAmount(_("Enter a number of units above zero."), code="required")
        return Decimal(typed) if EXACT.fullmatch(typed) else parse_yuan(typed)
