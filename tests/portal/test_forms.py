"""The form pack: label, source, input, help, message, in this order and joined; nothing runs."""

from __future__ import annotations

import re

from django import forms
from django.template import Context, Template
from django.utils import translation

from brokerage.backoffice.portal_samples import SampleForm, _form
from tests.portal.pages import seen

HOSTILE = '"><script>alert(1)</script>\u202e=cmd()'


def rendered(form: forms.Form) -> str:
    template = Template("{% load crispy_forms_tags %}{% crispy form %}")
    with translation.override("en"):
        return template.render(Context({"form": form}))


def test_parts_of_a_field_stand_in_order_and_are_joined() -> None:
    html = rendered(_form())

    order = [html.index(part) for part in ("id_card_source", 'name="card"', 'id="id_card_error"')]
    assert order == sorted(order)
    assert 'aria-describedby="id_card_source id_card_error"' in html
    assert 'aria-describedby="id_name_source id_name_helptext"' in html


def test_everything_that_describes_a_field_exists() -> None:
    html = rendered(_form())
    named = {
        part for ids in re.findall(r'aria-describedby="([^"]+)"', html) for part in ids.split()
    }

    assert named <= seen(html).ids


def test_the_error_summary_leads_to_every_field_with_an_error() -> None:
    form = SampleForm({})
    html = rendered(form)
    page = seen(html)
    targets = {link[1:] for link in page.links if link.startswith("#")}

    assert not form.is_valid()
    assert len(targets) == len(form.errors)
    assert targets <= page.ids


def test_what_people_typed_is_shown_and_does_not_run() -> None:
    form = SampleForm({"name": HOSTILE, "note": HOSTILE, "outlet": HOSTILE, "experience": HOSTILE})

    html = rendered(form)

    assert "<script" not in html
    assert seen(html).inline == []


def test_what_has_to_be_there_in_the_end_is_not_called_optional() -> None:
    class Draft(forms.Form):
        name = forms.CharField(required=False)
        note = forms.CharField(required=False)
        needed = frozenset({"name"})

    html = Template("{% load crispy_forms_filters %}{{ form|crispy }}").render(
        Context({"form": Draft()})
    )

    name, note = (html.split(f'id="div_id_{field}"')[1] for field in ("name", "note"))
    assert "optional" not in name.split('id="div_id_note"')[0]
    assert "optional" in note


def test_a_locked_field_is_not_called_optional() -> None:
    html = rendered(_form())

    for name in ("locked", "off"):
        label = html[html.index(f'for="id_{name}"') :].split("</label>")[0]
        assert "optional" not in label


def test_a_date_has_a_name_for_each_of_its_parts() -> None:
    html = rendered(_form())

    for part in ("Year", "Month", "Day"):
        assert f'aria-label="Date of birth, {part}"' in html


def test_a_form_without_helper_draws_the_same_fields() -> None:
    class Plain(forms.Form):
        code = forms.CharField(
            label="Code", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
        )

    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(
        Context({"form": Plain()})
    )

    assert 'class="input input-code"' in html
    assert '<label for="id_code">' in html
