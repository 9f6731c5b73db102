"""What somebody types to see what a trade costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branches.commission.selectors import Trade
from branches.commission.terms import Business, Market, Product, Side
from brokerage.core.money import BadAmount, parse_yuan

LEAST = Decimal("1.00")
MOST = Decimal("100000000.00")
QUOTED = [(value, label) for value, label in Product.choices if value != Product.OPTION]


class TradeForm(forms.Form):
    """One trade at the published rates; everything has a sensible start."""

    product = forms.ChoiceField(label=_("What you trade"), choices=QUOTED)
    market = forms.ChoiceField(label=_("Market"), choices=Market)
    side = forms.ChoiceField(label=_("Side"), choices=Side)
    amount = forms.CharField(
        label=_("Amount in yuan"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def clean_amount(self) -> Decimal:
        """Yuan in cents, between one yuan and a hundred million."""
        amount = parse_yuan(self.cleaned_data["amount"])
        if not LEAST <= amount <= MOST:
            raise BadAmount(_("Enter an amount between 1 and 100,000,000 yuan."), code="range")
        return amount

    @property
    def trade(self) -> Trade:
        """The trade, once the form is valid."""
        typed: dict[str, Any] = self.cleaned_data
        return Trade(business=Business.ORDINARY, **typed)
