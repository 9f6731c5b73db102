"""Widgets written by a function read as Django's templates draw them, but for line breaks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from brokerage.core.display.widgets import QUICK, QuickWidgets

HOSTILE = '"><script>alert(1)</script>&amp;'
LAZY = gettext_lazy("Simplified Chinese")
GROUPED: Any = [("", "---"), ("Group <b>", [(1, "one"), (2, mark_safe("<i>two</i>"))]), (3, LAZY)]
ATTRS: dict[str, Any] = {
    "id": "id_x",
    "class": "input",
    "required": True,
    "hidden": False,
    "data-n": 1234,
    "title": LAZY,
    "data-html": mark_safe("<b>"),
    "data-hostile": HOSTILE,
}
WIDGETS = [
    *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.HiddenInput),
    *(forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.Textarea, forms.CheckboxInput),
    *(forms.SelectDateWidget, forms.PasswordInput, forms.FileInput, forms.ClearableFileInput),
]
LISTS = [forms.Select, forms.SelectMultiple, forms.RadioSelect, forms.CheckboxSelectMultiple]
VALUES = [None, "", "plain", HOSTILE, mark_safe("<b>"), 0, 1234567, date(1990, 2, 3), True, LAZY]


def both(widget: forms.Widget, value: Any, attrs: dict[str, Any]) -> tuple[str, str]:
    quick, slow = (
        widget.render("x", value, attrs, renderer())
        for renderer in (QuickWidgets, TemplatesSetting)
    )
    return in_line(quick), in_line(slow)


def in_line(drawn: str) -> str:
    """Templates leave empty lines between options, which say nothing."""
    return " ".join(drawn.split())


@pytest.mark.parametrize("kind", WIDGETS)
@pytest.mark.parametrize("attrs", [{}, ATTRS])
def test_a_widget_is_the_same(kind: type[forms.Widget], attrs: dict[str, Any]) -> None:
    for value in VALUES:
        quick, slow = both(kind(), value, attrs)
        assert quick == slow


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("attrs", [{}, ATTRS])
def test_a_list_is_the_same(kind: type[ChoiceWidget], attrs: dict[str, Any]) -> None:
    for value in ([], ["1"], ["3", "2"]):
        quick, slow = both(kind(choices=GROUPED), value, attrs)
        assert quick == slow


@pytest.mark.parametrize("kind", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_a_choice_that_stands_alone_is_the_same(kind: type[ChoiceWidget]) -> None:
    class Form(forms.Form):
        x = forms.ChoiceField(choices=[("a", HOSTILE), ("b", "b")], widget=kind)

    drawn = [
        [in_line(option.tag(wrap)) for option in Form(initial={"x": "b"}, renderer=renderer)["x"]]
        for renderer in (QuickWidgets(), TemplatesSetting())
        for wrap in (True, False)
    ]
    assert drawn[:2] == drawn[2:]


def test_an_option_with_a_template_of_its_own_keeps_it() -> None:
    class Own(forms.Select):
        option_template_name = "django/forms/widgets/text.html"

    class Other(forms.Select):
        option_template_name = "django/forms/widgets/multiwidget.html"

    for kind in (Own, Other):
        quick, slow = both(kind(choices=[("a", "b")]), "a", {})
        assert quick == slow


def test_every_widget_that_is_written_quickly_has_its_template() -> None:
    slow = TemplatesSetting()
    for name in QUICK:
        assert slow.get_template(name)
