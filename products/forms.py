"""What somebody types on the shelf and on the page of a product."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.money import BadAmount, parse_yuan
from products.models import BasketItem
from products.models.basket import MOST
from products.selectors.shelf import Wish
from products.states import HIDDEN, Family
from suitability.models import GradeChoice

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
        self.fields["family"].choices = [("", _("Any")), *families]  # type: ignore[attr-defined]  # a choice field

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


class AmountField(forms.CharField):
    """Yuan in cents, more than nothing and up to a thousand million."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "label": pgettext_lazy("product", "Amount in yuan"),
            "max_length": 30,
            "widget": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        }
        super().__init__(**(given | kwargs))

    def clean(self, value: Any) -> Decimal:
        """The amount that was typed; raises BadAmount."""
        amount = parse_yuan(super().clean(value))
        if not 0 < amount <= MOST:
            raise BadAmount(
                _("Enter an amount between 0.01 and 1,000,000,000 yuan."), code="range"
            )
        return amount


class AmountForm(forms.Form):
    """An amount of yuan, for the costs."""

    amount = AmountField()


class BasketForm(forms.Form):
    """An amount for each fund that waits in the basket, and the version that was looked at."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, items: Iterable[BasketItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {item.ref: f"amount-{item.ref}" for item in items}
        for name in self.names.values():
            self.fields[name] = AmountField()

    @property
    def amounts(self) -> dict[UUID, Decimal]:
        """Yuan by ref of the item, of a form without mistakes."""
        return {ref: self.cleaned_data[name] for ref, name in self.names.items()}


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
