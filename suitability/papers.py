"""Papers as compliance reads them: the questions in order, and differences in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from suitability.content import group_name, screens
from suitability.labels import HORIZONS, TYPES
from suitability.models import in_language
from suitability.rules.comparing import Difference, Kind, Path, differences

NAMES: dict[str, Any] = {
    "zh-hans": pgettext_lazy("language of a text", "Chinese"),
    "en": pgettext_lazy("language of a text", "English"),
    "points": pgettext_lazy("questionnaire", "points"),
    "lowest": gettext_lazy("leads to the lowest class, whatever the score"),
    "lowest_if": gettext_lazy("leads to the lowest class when the answer is"),
    "horizon": gettext_lazy("holding time that it stands for"),
    "types": gettext_lazy("types of product that it stands for"),
    "least": gettext_lazy("number that it stands for, from"),
    "below": gettext_lazy("number that it stands for, less than"),
    "group": pgettext_lazy("questionnaire", "group"),
    "kind": gettext_lazy("kind of answer"),
    "number": gettext_lazy("place in the paper"),
    "options": pgettext_lazy("questionnaire", "answer"),
    "text": "",
    "from": pgettext_lazy("range", "from"),
    "to": pgettext_lazy("range", "up to"),
    "certainty": gettext_lazy("confidence"),
    "title": gettext_lazy("title"),
    "bands": gettext_lazy("bands"),
    "groups": gettext_lazy("groups"),
    "range": gettext_lazy("range of the score"),
    "retakes": gettext_lazy("answering again"),
    "contradictions": gettext_lazy("contradictions"),
    "validity_months": gettext_lazy("months that a result counts"),
    "grace_days": gettext_lazy(
        "days in which a begun paper may be finished after the version ended"
    ),
    "adult_at": gettext_lazy("full capacity from the age of"),
    "per_day": gettext_lazy("papers a day"),
    "per_year": gettext_lazy("papers in twelve months"),
    "jump_days": gettext_lazy("days after a refusal in which a risen class is looked at"),
    "jump_classes": gettext_lazy("classes that it has risen by, at least"),
}
"""Words for the names of parts; a name without words stands for itself."""

LANGS = {"zh-hans": "zh-Hans", "en": "en"}
"""What a page declares for a text of a language."""

KINDS = {
    Kind.ADDED: pgettext_lazy("difference", "New"),
    Kind.REMOVED: pgettext_lazy("difference", "Gone"),
    Kind.CHANGED: pgettext_lazy("difference", "Changed"),
}


@dataclass(frozen=True)
class Shown:
    """A difference in words; its lines are place, before, after, language (or nothing)."""

    title: str
    kind: str
    key: str
    lines: list[tuple[str, str, str, str]]


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Shown]:
    """The differences between two contents in the reader's language."""
    texts = {each["key"]: in_language(each["text"]) for each in screens(dict(before))}
    texts |= {each["key"]: in_language(each["text"]) for each in screens(dict(after))}
    answers = _answers(before)
    for key, words in _answers(after).items():
        answers[key] = answers.get(key, {}) | words
    return [
        Shown(
            title=_title(each, texts),
            kind=str(KINDS[each.kind]),
            key=each.key,
            lines=[
                (
                    _place(line.path, answers.get(each.key, {})),
                    line.before,
                    line.after,
                    _language(line.path),
                )
                for line in each.lines
            ],
        )
        for each in differences(before, after)
    ]


def _title(difference: Difference, texts: Mapping[str, str]) -> str:
    if difference.key:
        return texts.get(difference.key) or difference.key
    return str(NAMES.get(difference.part, difference.part)).capitalize()


def _answers(content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The words of the answers by key of their question, then by their own."""
    return {
        each["key"]: {option["key"]: in_language(option) for option in each["options"]}
        for each in content["questions"]
    }


def _place(path: Path, answers: Mapping[str, str]) -> str:
    words = [str(answers.get(each) or NAMES.get(each, each)) for each in path]
    return " · ".join(word for word in words if word)


def _language(path: Path) -> str:
    return next((LANGS[part] for part in path if part in LANGS), "")


@dataclass(frozen=True)
class Screen:
    """A question or statement with its answers, as it is read in the back office."""

    key: str
    number: int
    group: str
    text: str
    other: str
    other_lang: str
    is_statement: bool
    options: list[tuple[str, str, list[str]]]


def shown_paper(content: dict[str, Any]) -> list[Screen]:
    """Every screen of a paper; each answer with its points and what else it stands for."""
    statements = {each["key"] for each in content.get("declarations", [])}
    return [
        Screen(
            key=each["key"],
            number=number,
            group=in_language(group_name(content, each["group"])),
            text=in_language(each["text"]),
            other=other,
            other_lang=LANGS.get(code, ""),
            is_statement=each["key"] in statements,
            options=[
                (
                    in_language(option),
                    str(option["points"]) if "points" in option else "",
                    _marks(each, option),
                )
                for option in each["options"]
            ],
        )
        for number, each in enumerate(screens(content), 1)
        for code, other in [_other_language(each["text"])]
    ]


def _other_language(texts: Mapping[str, str]) -> tuple[str, str]:
    """The text that `in_language` does not choose, with the code of its language."""
    mine = in_language(dict(texts))
    return next(((code, text) for code, text in texts.items() if text != mine), ("", ""))


def _marks(question: Mapping[str, Any], option: Mapping[str, Any]) -> list[str]:
    found = []
    says = {True: "yes", False: "no"}.get(question.get("lowest_if"))  # type: ignore[arg-type]
    if option.get("lowest") or option["key"] == says:
        found.append(_("lowest class"))
    if horizon := option.get("horizon"):
        found.append(str(HORIZONS.get(horizon, horizon)))
    found += [str(TYPES.get(each, each)) for each in option.get("types", ())]
    return found
