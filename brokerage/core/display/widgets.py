"""Inputs and selects written by a function instead of nested templates, alike but for line breaks.

Django draws each input by two templates and each option of a select by two more; a date alone
has 130 options. Whatever is no plain input or select is drawn by its template as before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import escape
from django.utils.safestring import SafeData

Widget = Mapping[str, Any]
FOLDER = "django/forms/widgets/"
INPUTS = (
    *("color", "date", "datetime", "email", "hidden", "input", "number", "password"),
    *("search", "tel", "text", "time", "url", "checkbox"),
)
OPTIONS = ("radio_option", "checkbox_option", "input_option")


class QuickWidgets(TemplatesSetting):
    """Django's renderer for forms, with the commonest widgets written in Python."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """Draw one widget or form, as `template_name` would."""
        draw = QUICK.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return draw(context["widget"]).strip()


def _input(widget: Widget) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{_text(value)}"'
    kind, name = _shown(widget["type"]), _shown(widget["name"])
    return f'<input type="{kind}" name="{name}"{given}{_attributes(widget)}>'


def _choice(widget: Widget) -> str:
    """A radio button or tick; only Django's own lists wrap it in its label."""
    drawn = _input(widget)
    if not widget.get("wrap_label"):
        return drawn
    of = widget["attrs"].get("id")
    given = f' for="{_shown(of)}"' if of else ""
    return f"<label{given}>{drawn} {_shown(widget['label'])}</label>"


def _select(widget: Widget) -> str:
    parts = [f'<select name="{_shown(widget["name"])}"{_attributes(widget)}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_shown(group)}">')
        parts += [f"\n  {_drawn(option)}" for option in options]
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


def _drawn(option: Widget) -> str:
    """One option; a kind of select that has a template of its own for them keeps it."""
    draw = QUICK.get(option["template_name"])
    if draw is None:
        return QuickWidgets().render(option["template_name"], {"widget": option})
    return draw(option)


def _option(option: Widget) -> str:
    value, label = _text(option["value"]), _shown(option["label"])
    return f'<option value="{value}"{_attributes(option)}>{label}</option>'


def _textarea(widget: Widget) -> str:
    value = widget["value"]
    given = _shown(value) if value else ""
    return f'<textarea name="{_shown(widget["name"])}"{_attributes(widget)}>\n{given}</textarea>'


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {_shown(name)}" if value is True else f' {_shown(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: Any) -> str:
    """What `{{ value|stringformat:"s" }}` says."""
    text = str(value)
    return text if isinstance(value, SafeData) else escape(text)


def _shown(value: Any) -> str:
    """What `{{ value }}` says."""
    if type(value) is str:
        return escape(value)
    return str(render_value_in_context(value, Context()))


QUICK: dict[str, Callable[[Widget], str]] = {
    **{f"{FOLDER}{name}.html": _input for name in INPUTS},
    **{f"{FOLDER}{name}.html": _choice for name in OPTIONS},
    f"{FOLDER}select.html": _select,
    f"{FOLDER}select_option.html": _option,
    f"{FOLDER}textarea.html": _textarea,
}
