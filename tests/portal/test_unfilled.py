"""A field that nobody filled in is drawn once for everybody, and never with somebody's value."""

from __future__ import annotations

from typing import Any

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field, as_crispy_form
from django import forms
from django.utils.translation import gettext_lazy, override

from brokerage.core.display import unfilled


class Asked(forms.Form):
    """Fields of all kinds; what one of them offers depends on who asks."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=20)
    agreed = forms.BooleanField(label="I agree")
    way = forms.ChoiceField(
        choices=[("a", "By post"), ("b", "By phone")], widget=forms.RadioSelect
    )
    place = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, places: tuple[str, ...] = ("Here",), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        place.choices = [(each, each) for each in places]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfilled, "_kept", {})


def _anew(form: forms.Form, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as patch:
        patch.setattr(unfilled, "_parts", lambda *_args: None)
        return str(as_crispy_form(form))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_kept_is_what_is_drawn_anew(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with override(language):
        first = as_crispy_form(Asked())
        assert len(unfilled._kept) == len(Asked.base_fields)
        assert as_crispy_form(Asked()) == first == _anew(Asked(), monkeypatch)


def test_each_language_has_its_own() -> None:
    with override("en"):
        english = as_crispy_field(Asked()["name"])
    with override("zh-hans"):
        assert as_crispy_field(Asked()["name"]) != english
    with override("en"):
        assert as_crispy_field(Asked()["name"]) == english


def test_a_value_is_shown_and_never_kept() -> None:
    as_crispy_form(Asked())
    for form in (
        Asked(initial={"name": "Lin", "agreed": True, "way": "b", "place": "Here"}),
        Asked({"name": "Lin", "agreed": "on", "way": "b", "place": "Here"}),
    ):
        drawn = as_crispy_form(form)
        assert "Lin" in drawn
        assert drawn.count("checked") == 2
        assert "selected" in drawn
    assert "Lin" not in str(unfilled._kept)
    assert "checked" not in as_crispy_form(Asked())


def test_nought_is_a_value() -> None:
    class Counted(forms.Form):
        many = forms.IntegerField()

    drawn = as_crispy_form(Counted(initial={"many": 0}))
    assert 'value="0"' in drawn
    assert not unfilled._kept
    assert 'value="0"' not in as_crispy_form(Counted())


def test_a_form_that_changes_after_it_was_drawn_spoils_nothing() -> None:
    form = Asked()
    before = as_crispy_field(form["name"])
    form.fields["name"].widget.attrs["autocomplete"] = "name"
    assert "autocomplete" in as_crispy_field(form["name"])
    assert as_crispy_field(Asked()["name"]) == before


def test_a_mistake_is_shown_and_never_kept() -> None:
    assert "field-bad" in as_crispy_form(Asked({}))
    assert "field-bad" not in as_crispy_form(Asked())
    assert "field-bad" in as_crispy_form(Asked({}))


@pytest.mark.parametrize(
    ("table", "said"),
    [("sources", "read"), ("warnings", "Look again"), ("confirmations", "It is right")],
)
def test_what_a_form_says_of_a_field_is_shown_and_never_kept(table: str, said: str) -> None:
    plain, told = Asked(), Asked()
    setattr(told, table, {"name": said})
    before = as_crispy_field(plain["name"])
    assert as_crispy_field(told["name"]) != before
    assert as_crispy_field(Asked()["name"]) == before


def test_another_offer_label_or_limit_is_drawn_anew() -> None:
    assert "There" not in as_crispy_field(Asked()["place"])
    assert "There" in as_crispy_field(Asked(places=("Here", "There"))["place"])
    assert "There" not in as_crispy_field(Asked()["place"])
    before = as_crispy_field(Asked()["name"])
    for change in (
        {"label": "Surname"},
        {"help_text": "As in your document"},
        {"required": False},
        {"disabled": True},
    ):
        form = Asked()
        for attribute, value in change.items():
            setattr(form.fields["name"], attribute, value)
        assert as_crispy_field(form["name"]) != before, change
    form = Asked()
    form.fields["name"].widget.attrs["autocomplete"] = "name"
    assert "autocomplete" in as_crispy_field(form["name"])
    form = Asked(prefix="second")
    assert "id_second-name" in as_crispy_field(form["name"])


def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfilled, "MOST", 2)
    assert as_crispy_form(Asked()) == as_crispy_form(Asked())
    assert len(unfilled._kept) == 2
