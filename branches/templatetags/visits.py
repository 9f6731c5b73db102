"""Words and numbers of the finder and of visits: `{% load visits %}`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.formats import date_format

from branches.finder.hours import hours_text
from branches.visits.rules.slots import Span
from brokerage.core.display import formats

register = template.Library()
SHORT = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]


@register.filter
def weekday(value: date | datetime) -> str:
    """周二, Tue."""
    shown = formats.local(value)
    if formats.is_chinese():
        return SHORT[shown.weekday()]
    return date_format(shown, "D", use_l10n=False)


@register.filter
def unlocalised(value: Any) -> str:
    """A number as SVG and maps write it, whatever the language."""
    return str(value)


@register.filter
def hours(spans: Sequence[Span]) -> str:
    """9:00–11:30, 13:00–17:00; empty for a closed day."""
    return hours_text(list(spans)) if spans else ""


@register.filter
def kilometres(value: float) -> str:
    """0.8, 12, 1,240: one decimal below ten."""
    return formats.number(value, 1 if value < 10 else 0)
