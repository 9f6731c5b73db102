"""Words for the lines of a bill."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from branches.commission.quoting import Item

register = template.Library()

NAMES = {
    Item.NET_COMMISSION: _("Commission (net)"),
    Item.HANDLING: _("Exchange handling fee"),
    Item.REGULATORY: _("Regulatory fee"),
    Item.TRANSFER: _("Transfer fee"),
    Item.STAMP_DUTY: _("Stamp duty"),
}
TAKERS = {
    Item.NET_COMMISSION: pgettext_lazy("receives a fee", "us"),
    Item.HANDLING: pgettext_lazy("receives a fee", "the exchange"),
    Item.REGULATORY: pgettext_lazy("receives a fee", "the regulator"),
    Item.TRANSFER: pgettext_lazy("receives a fee", "the depository"),
    Item.STAMP_DUTY: pgettext_lazy("receives a fee", "the state"),
}


@register.filter
def listing(names: Sequence[str]) -> str:
    """Names one after the other, as each language separates them."""
    return pgettext("between names of a list", ", ").join(names)


@register.filter
def item_name(item: str) -> str:
    """The name of a line."""
    return str(NAMES[Item(item)])


@register.filter
def item_taker(item: str) -> str:
    """Who receives it."""
    return str(TAKERS[Item(item)])
