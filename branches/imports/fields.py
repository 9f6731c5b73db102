"""Cells of these lists."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from branches.models.hours import OVER_MIDNIGHT, OVERLAP
from branches.rules.hours import BadHours, Wrong, parse_hours
from brokerage.backoffice.imports.importer import Column

MESSAGES = {
    Wrong.UNREADABLE: _("Write hours such as 9:00-11:30, 13:00-17:00."),
    Wrong.OVER_MIDNIGHT: OVER_MIDNIGHT,
    Wrong.OVERLAP: OVERLAP,
}


class HoursField(forms.CharField):
    """Hours of one day; empty for a closed one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=100, **options)

    def clean(self, value: Any) -> list[tuple[time, time]]:
        try:
            return parse_hours(super().clean(value) or "")
        except BadHours as bad:
            raise ValidationError(MESSAGES[bad.wrong]) from bad


def text(
    key: str,
    label: Any,
    example: str = "",
    *,
    most: int = 80,
    required: bool = True,
    also: tuple[str, ...] = (),
) -> Column:
    """A column of plain text."""
    field = forms.CharField(label=label, max_length=most, required=required)
    return Column(key, field, example, also)


def day(key: str, label: Any, example: str) -> Column:
    """A column of dates."""
    return Column(key, forms.DateField(label=label, help_text="2026-03-02"), example)


def degrees(key: str, label: Any, most: int, digits: int, example: str) -> Column:
    """A column of coordinates in degrees; may be empty."""
    field = forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        max_digits=digits,
        decimal_places=5,
        help_text=_("Degrees in WGS84. Empty: the centre of the division."),
    )
    return Column(key, field, example)
