"""A field that nobody has filled in looks the same for everybody: its HTML is kept.

Most fields of the opening are drawn empty, and drawing them was a tenth of a journey. What a field
is drawn from is kept beside its HTML and compared with what it is to be drawn from now; where
anything differs, a value above all, it is drawn anew. So no value is ever kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 4096  # fields and languages; a form with numbered rows cannot fill the memory
SAID = ("sources", "warnings", "confirmations")

Parts = tuple[Any, ...]
_kept: dict[Parts, tuple[Parts, SafeString]] = {}


def drawn_once(field: BoundField, around: Parts, draw: Callable[[], SafeString]) -> SafeString:
    """The HTML of a field, kept where nothing is filled in.

    Args:
        field: to draw.
        around: whatever else its HTML depends on.
        draw: draws it.
    """
    parts = _parts(field, around)
    if parts is None:
        return draw()
    key = (get_language(), type(field.form), field.html_name, field.auto_id)
    kept = _kept.get(key)
    if kept is not None and kept[0] == parts:
        return kept[1]
    html = draw()
    if kept is not None or len(_kept) < MOST:
        _kept[key] = (parts, html)
    return html


def _parts(field: BoundField, around: Parts) -> Parts | None:
    """All that an empty field is drawn from; None for one that is filled in, or too special."""
    form, of = field.form, field.field
    choices = getattr(of, "choices", ())
    if not _is_empty(field) or field.errors or not _is_simple(of, choices):
        return None
    if any(field.name in getattr(form, table, ()) for table in SAID):
        return None
    needed = of.required or field.name in getattr(form, "needed", ())
    named = (field.label, field.help_text, getattr(of, "choice_help", None), tuple(choices))
    drawn_by = (type(of.widget), {**of.widget.attrs}, of.disabled, of.required, needed)
    limits = (getattr(of, "max_length", None), form.use_required_attribute)
    return (*named, *drawn_by, *limits, *around)


def _is_empty(field: BoundField) -> bool:
    value = field.value()
    if value is False:  # nought is False, too, and is shown
        return isinstance(field.field.widget, forms.CheckboxInput)
    return value is None or value in ("", [])


def _is_simple(field: forms.Field, choices: Any) -> bool:
    """Whether comparing its parts says everything: lists of choices, one input."""
    several = forms.SelectDateWidget | forms.MultiWidget
    return (
        isinstance(choices, list | tuple)
        and not isinstance(field, forms.ModelChoiceField)
        and not isinstance(field.widget, several)
        and not field.widget.is_hidden
    )
