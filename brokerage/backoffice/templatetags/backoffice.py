"""Tags of the back office's pages: `{% load backoffice %}`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.contrib.admin import helpers
from django.forms import CheckboxInput

from brokerage.backoffice.admin.cells import EMPTY, Cell, cell, label_of

register = template.Library()

CHECKBOX = "action_checkbox"


@dataclass(frozen=True)
class Row:
    """One row of a list."""

    url: str
    first: Cell
    rest: list[Cell]
    box: Any


def _columns(cl: Any) -> list[Any]:
    return [name for name in cl.list_display if name != CHECKBOX]


@register.simple_tag
def headings(cl: Any) -> list[str]:
    """The headings of a list."""
    return [label_of(cl.model_admin, name) for name in _columns(cl)]


@register.simple_tag
def rows(cl: Any) -> Iterator[Row]:
    """The rows of a list, the first cell apart because it is the link."""
    boxes = CHECKBOX in cl.list_display
    columns = _columns(cl)
    for row in cl.result_list:
        first, *rest = (cell(cl.model_admin, row, name) for name in columns)
        if first.value == EMPTY:  # a link needs words
            first = Cell(first.label, str(getattr(row, "short_ref", row.pk)))
        box = cl.model_admin.action_checkbox(row) if boxes else ""
        yield Row(cl.url_for_result(row), first, rest, box)


@register.simple_tag
def choices_of(cl: Any, spec: Any) -> list[dict[str, Any]]:
    """The choices of a filter, each with its address; a choice begins at the first page."""
    return list(spec.choices(cl))


@register.simple_tag
def bound_fields(adminform: Any) -> list[Any]:
    """The fields of a form that can be changed, in their order."""
    found = []
    for fieldset in adminform:
        for line in fieldset:
            found += [one.field for one in line if not getattr(one, "is_readonly", False)]
    return found


@register.filter
def as_input(field: Any) -> Any:
    """A form field's widget in the portal's look, with its help and errors announced."""
    attrs = {"class": _class_of(field)}
    notes = [
        f"{field.auto_id}_{kind}"
        for kind, there in (("help", field.help_text), ("err", field.errors))
        if there
    ]
    if notes:
        attrs["aria-describedby"] = " ".join(notes)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def is_tick(field: Any) -> bool:
    """Whether a field is one box to tick, which stands beside its sentence and not above it."""
    return isinstance(field.field.widget, CheckboxInput)


def _class_of(field: Any) -> str:
    kind = getattr(field.field.widget, "input_type", "")
    return "" if kind in ("checkbox", "radio") else "input"


@register.simple_tag
def checkbox_name() -> str:
    """The name of the boxes that choose rows for an action."""
    return helpers.ACTION_CHECKBOX_NAME
