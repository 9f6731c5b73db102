"""Forms that write one part of a draft of a paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from suitability.labels import HORIZONS, TYPES
from suitability.models import Class, PaperDraft, in_language

Content = dict[str, Any]
KEY = RegexValidator(
    r"\A[a-z][a-z0-9_]{0,39}\Z", gettext_lazy("Lower case letters, digits and underscores.")
)
LANGUAGES = ("zh-hans", "en")
EMPTY_ROWS = 2
CARRIES = gettext_lazy(
    "What customers have answered is carried over by this key. A new meaning needs a new key."
)


class TextForm(forms.Form):
    """A text in both languages; its fields stand first."""

    zh = forms.CharField(
        label=pgettext_lazy("language of a text", "Chinese"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "zh-Hans"}),
    )
    en = forms.CharField(
        label=pgettext_lazy("language of a text", "English"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}),
    )

    @property
    def text(self) -> dict[str, str]:
        """Both texts by language."""
        return {"zh-hans": self.cleaned_data["zh"].strip(), "en": self.cleaned_data["en"].strip()}


class QuestionHeadForm(TextForm):
    """What a question is, without its answers."""

    key = forms.CharField(
        label=pgettext_lazy("questionnaire", "key"),
        max_length=40,
        validators=[KEY],
        help_text=CARRIES,
    )
    group = forms.ChoiceField(label=pgettext_lazy("questionnaire", "group"))
    kind = forms.ChoiceField(
        label=gettext_lazy("kind of answer"),
        choices=[
            ("single", gettext_lazy("one answer")),
            ("multiple", gettext_lazy("several answers; the highest points count")),
        ],
    )
    number = forms.IntegerField(label=gettext_lazy("place in the paper"), min_value=1)

    def __init__(self, *args: Any, draft: PaperDraft, key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        content = draft.content
        self.taken = {
            each["key"]
            for part in ("questions", "declarations")
            for each in content.get(part, ())
            if each["key"] != key
        }
        field: Any = self.fields["group"]
        field.choices = [(name, in_language(text)) for name, text in content["groups"].items()]
        self.order_fields(["key", "group", "kind", "number", "zh", "en"])

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in self.taken:
            raise ValidationError(_("Another question or statement has this key."))
        return key


class OptionForm(forms.Form):
    """One answer; a row that stays empty is no answer."""

    key = forms.CharField(
        label=pgettext_lazy("questionnaire", "key"), max_length=40, validators=[KEY]
    )
    zh = forms.CharField(label=pgettext_lazy("language of a text", "Chinese"), max_length=200)
    en = forms.CharField(label=pgettext_lazy("language of a text", "English"), max_length=200)
    points = forms.IntegerField(
        label=pgettext_lazy("questionnaire", "points"), min_value=0, max_value=100
    )
    lowest = forms.BooleanField(
        label=gettext_lazy("leads to the lowest class, whatever the score"), required=False
    )
    horizon = forms.ChoiceField(
        label=gettext_lazy("holding time that it stands for"),
        required=False,
        choices=[("", "–"), *HORIZONS.items()],
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("types of product that it stands for"),
        required=False,
        choices=list(TYPES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    least = forms.IntegerField(
        label=gettext_lazy("number that it stands for, from"), required=False, min_value=0
    )
    below = forms.IntegerField(
        label=gettext_lazy("number that it stands for, less than"), required=False, min_value=1
    )

    @property
    def content(self) -> Content:
        """The answer as the paper keeps it; what is empty is left out."""
        given = self.cleaned_data
        found: Content = {
            "key": given["key"],
            "points": given["points"],
            "zh-hans": given["zh"].strip(),
            "en": given["en"].strip(),
        }
        if given["lowest"]:
            found["lowest"] = True
        for name in ("horizon", "types"):
            if given[name]:
                found[name] = given[name]
        for name in ("least", "below"):
            if given[name] is not None:
                found[name] = given[name]
        return found


class BaseOptions(forms.BaseFormSet):  # type: ignore[type-arg]  # no subscript at run time
    """The answers of one question."""

    def clean(self) -> None:
        keys = [form.cleaned_data["key"] for form in self.kept if form.cleaned_data.get("key")]
        if len(keys) != len(set(keys)):
            raise ValidationError(_("Two answers have the same key."))

    @property
    def kept(self) -> list[Any]:
        """Filled in and not to be removed, in the order of the page."""
        return [
            form
            for form in self.forms
            if (form.has_changed() or form.initial) and not self._should_delete_form(form)  # type: ignore[attr-defined]  # the stubs lack it
        ]


OptionSet: Any = forms.formset_factory(
    OptionForm, formset=BaseOptions, extra=EMPTY_ROWS, can_delete=True, max_num=12
)


def options_of(question: Mapping[str, Any]) -> list[Content]:
    """The initial values of the answers' forms."""
    return [
        {**each, "zh": each.get("zh-hans", ""), "types": each.get("types", [])}
        for each in question.get("options", ())
    ]


class StatementForm(TextForm):
    """An unscored statement that can make the class the lowest."""

    lowest_if = forms.ChoiceField(
        label=gettext_lazy("leads to the lowest class when the answer is"),
        choices=[("no", gettext_lazy("No")), ("yes", gettext_lazy("Yes"))],
    )


class TermsForm(forms.Form):
    """All of a paper beside its questions: title, bands, periods, caps, contradictions."""

    title_zh = forms.CharField(label=gettext_lazy("title in Chinese"), max_length=80)
    title_en = forms.CharField(label=gettext_lazy("title in English"), max_length=80)
    validity_months = forms.IntegerField(
        label=gettext_lazy("months that a result counts"), min_value=1, max_value=60
    )
    grace_days = forms.IntegerField(
        label=gettext_lazy("days in which a begun paper may be finished after the version ended"),
        min_value=0,
        max_value=90,
    )
    range_least = forms.IntegerField(label=gettext_lazy("lowest score"), min_value=0)
    range_most = forms.IntegerField(label=gettext_lazy("highest score"), min_value=1)
    per_day = forms.IntegerField(label=gettext_lazy("papers a day"), min_value=1)
    per_year = forms.IntegerField(label=gettext_lazy("papers in twelve months"), min_value=1)
    jump_days = forms.IntegerField(
        label=gettext_lazy("days after a refusal in which a risen class is looked at"), min_value=1
    )
    jump_classes = forms.IntegerField(
        label=gettext_lazy("classes that it has risen by, at least"), min_value=1, max_value=4
    )
    contradictions = forms.CharField(
        label=gettext_lazy("contradictions"),
        help_text=gettext_lazy(
            "YAML, a line each; see docs/suitability.md for what can be asked."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )
    RETAKES = ("per_day", "per_year", "jump_days", "jump_classes")

    def __init__(self, *args: Any, content: Content, **kwargs: Any) -> None:
        kwargs["initial"] = self._initial(content)
        super().__init__(*args, **kwargs)
        for each in content["bands"]:
            for end, words in (("from", _("{class} from")), ("to", _("{class} up to"))):
                name = f"{each['class']}_{end}"
                label = words.format_map({"class": Class(each["class"]).label})
                self.fields[name] = forms.IntegerField(label=label, min_value=0)
                self.initial[name] = each[end]
        self.bands = [each["class"] for each in content["bands"]]
        if not content.get("retakes"):
            for name in self.RETAKES:
                del self.fields[name]

    def _initial(self, content: Content) -> Content:
        reach = content.get("range") or {}
        return {
            "title_zh": content["title"]["zh-hans"],
            "title_en": content["title"]["en"],
            "validity_months": content["validity_months"],
            "grace_days": content.get("grace_days", 0),
            "range_least": reach.get("least"),
            "range_most": reach.get("most"),
            **{name: content.get("retakes", {}).get(name) for name in self.RETAKES},
            "contradictions": yaml.safe_dump(
                content.get("contradictions", []),
                allow_unicode=True,
                default_flow_style=None,
                sort_keys=False,
                width=1000,
            ),
        }

    def clean_contradictions(self) -> list[Any]:
        """The rows; a mistake is told with its line."""
        try:
            found = yaml.safe_load(self.cleaned_data["contradictions"]) or []
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ValidationError(
                _("Line {line} cannot be read: {why}").format(line=line, why=error.problem)
            ) from error
        except yaml.YAMLError as error:
            raise ValidationError(str(error)) from error
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise ValidationError(_("Each line begins with a dash and names its parts."))
        return found

    def apply(self, content: Content) -> None:
        """Write what was typed into a content."""
        given = self.cleaned_data
        content["title"] = {"zh-hans": given["title_zh"], "en": given["title_en"]}
        content["validity_months"] = given["validity_months"]
        content["grace_days"] = given["grace_days"]
        content["range"] = {"least": given["range_least"], "most": given["range_most"]}
        for each in content["bands"]:
            for end in ("from", "to"):
                if each[end] != given[f"{each['class']}_{end}"]:
                    each[end] = given[f"{each['class']}_{end}"]
                    each["certainty"] = "P"  # an edge of the house
        if content.get("retakes"):
            content["retakes"] |= {name: given[name] for name in self.RETAKES}
        content["contradictions"] = given["contradictions"]
