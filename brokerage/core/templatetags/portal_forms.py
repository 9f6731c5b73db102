"""What the crispy pack `portal` needs to draw a field: `{% load portal_forms %}`.

A form may say where its values come from and what it thinks of them, by field name:

    form.sources = {"name": "read", "expiry": "check", "address": "typed"}
    form.warnings = {"expiry": _("The last digit was not read. Please add it.")}
    form.confirmations = {"id_number": _("The check digit is right")}

A choice field may explain its choices: `field.choice_help = {"a": _("…")}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.renderers import get_default_renderer
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from brokerage.core.display import formats
from brokerage.core.display.unfilled import drawn_once

register = template.Library()

UNITS = {"year": "年", "month": "月", "day": "日"}  # only read in Chinese


@dataclass(frozen=True)
class Problem:
    """One line of the error summary; `target` is the id of the input, or empty."""

    label: str
    message: str
    target: str


AROUND = ("form_show_labels", "form_show_errors", "wrapper_class")
UNITS_AROUND = ("crispy_prepended_text", "crispy_appended_text")


class FieldOnce(template.Node):
    """See `field_once`."""

    def __init__(self, field: FilterExpression, inside: NodeList) -> None:
        self.field, self.inside = field, inside

    def render(self, context: Context) -> SafeString:
        around = tuple(str(context.get(name)) for name in (*AROUND, *UNITS_AROUND))
        return drawn_once(self.field.resolve(context), around, lambda: self.inside.render(context))


@register.tag
def field_once(parser: Parser, token: Token) -> FieldOnce:
    """`{% field_once field %}…{% endfield_once %}`: drawn anew only where something is filled in.

    What is inside may use the field, and of the context what crispy says around it.
    """
    _name, field = token.split_contents()
    inside = parser.parse(("endfield_once",))
    parser.delete_first_token()
    return FieldOnce(parser.compile_filter(field), inside)


@register.filter
def kind(field: BoundField) -> str:
    """How a field is drawn: hidden, tick, choices, parts (several inputs) or plain."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.SelectDateWidget | forms.MultiWidget):
        return "parts"
    return "plain"


@register.simple_tag
def choices(field: BoundField) -> SafeString:
    """The radio buttons or ticks of a field, each in its label, with what explains it."""
    explained = getattr(field.field, "choice_help", {})
    return format_html_join(
        "",
        '<label class="choice" for="{}">{}<span>{}{}</span></label>',
        (
            (option.id_for_label, option.tag(), option.choice_label, _explained(explained, option))
            for option in field.subwidgets
        ),
    )


def _explained(explained: Mapping[str, Any], option: Any) -> SafeString | str:
    told = explained.get(str(option.data["value"]), "")
    return format_html("<small>{}</small>", told) if told else ""


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether to say that a field may stay empty; not for one that cannot be filled in.

    A form that keeps unfinished answers names in `needed` what has to be there in the end.
    """
    locked = field.field.disabled or field.field.widget.attrs.get("readonly")
    needed = field.field.required or field.name in getattr(field.form, "needed", ())
    return not needed and not locked


@register.filter
def source(field: BoundField) -> str:
    """Where the value comes from: read, typed, check, or empty."""
    return _said(field, "sources")


@register.filter
def warning(field: BoundField) -> str:
    """What somebody should look at again; empty for nothing."""
    return "" if field.errors else _said(field, "warnings")


@register.filter
def confirmation(field: BoundField) -> str:
    """What was checked and found right; empty for nothing."""
    return "" if field.errors else _said(field, "confirmations")


@register.simple_tag
def described_by(field: BoundField) -> str:
    """The ids of source, help and message, in the order in which they stand."""
    parts = {
        "source": source(field),
        "helptext": field.help_text,
        "error": field.errors,
        "message": warning(field) or confirmation(field),
    }
    return " ".join(f"{field.auto_id}_{name}" for name, text in parts.items() if text)


@register.simple_tag
def portal_input(field: BoundField) -> SafeString:
    """The input itself, with our classes and joined to its help and messages."""
    widget = field.field.widget
    attrs: dict[str, Any] = {}
    if joined := described_by(field):
        attrs["aria-describedby"] = joined
    if not isinstance(widget, forms.CheckboxInput):
        attrs["class"] = _classes(widget)
    return SafeString(field.as_widget(attrs=attrs))


@register.simple_tag
def date_parts(field: BoundField) -> list[SafeString]:
    """The selects of a date in the order of the language, each with its own name."""
    names = {"year": _("Year"), "month": _("Month"), "day": _("Day")}
    context = field.field.widget.get_context(
        field.html_name,
        field.value(),
        {"id": field.auto_id},
    )
    renderer = field.form.renderer or get_default_renderer()
    drawn = []
    for part in context["widget"]["subwidgets"]:
        suffix = part["name"].rsplit("_", 1)[-1]
        if formats.is_chinese():
            _add_unit(part["optgroups"], UNITS.get(suffix, ""))
        said = f"{field.label}, {names.get(suffix, '')}"
        part["attrs"] |= {"class": "input", "aria-label": said}
        part["attrs"].pop("required", None)
        if field.errors:
            part["attrs"]["aria-invalid"] = "true"
        drawn.append(SafeString(renderer.render(part["template_name"], {"widget": part})))
    return drawn


@register.filter
def is_date_select(field: BoundField) -> bool:
    """Whether a date is chosen from three selects."""
    return isinstance(field.field.widget, forms.SelectDateWidget)


@register.simple_tag
def problems(form: forms.BaseForm) -> list[Problem]:
    """All that is wrong with a form, fields first, in the order in which they stand."""
    if not form.errors:
        return []
    found = [
        Problem(str(field.label), str(message), "" if field.is_hidden else _target(field))
        for field in form
        for message in field.errors
    ]
    return found + [Problem("", str(message), "") for message in form.non_field_errors()]


def _add_unit(groups: list[Any], unit: str) -> None:
    """1996 年, 3 月, 12 日 in place of bare numbers and 三月."""
    for _name, options, _index in groups:
        for option in options:
            if str(option["value"]).isdigit():
                option["label"] = f"{option['value']} {unit}"


def _said(field: BoundField, what: str) -> str:
    table: dict[str, Any] = getattr(field.form, what, {})
    return str(table.get(field.name, ""))


def _classes(widget: forms.Widget) -> str:
    own = str(widget.attrs.get("class", ""))
    if widget.attrs.get("autocomplete") == "one-time-code":
        own = f"input-code {own}"
    return f"input {own}".strip()


def _target(field: BoundField) -> str:
    drawn = kind(field)
    if drawn == "choices":
        return f"{field.auto_id}_0"
    if drawn == "parts":
        return str(field.field.widget.id_for_label(field.auto_id))
    return str(field.auto_id)
