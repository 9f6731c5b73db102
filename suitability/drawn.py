"""The questions of a version as pages bring them: drawn once by a process, nothing of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from suitability.content import group_name, screens
from suitability.forms import QuestionForm
from suitability.models import Assessment, Questionnaire, in_language


@dataclass(frozen=True)
class Drawn:
    """The questions of a version in a language, without an answer.

    Attributes:
        each: by their order, what stands in the form of one question.
        all: each with what its screen says of it, for the script that shows one at a time.
    """

    each: tuple[SafeString, ...]
    all: SafeString


DRAWN: dict[tuple[str, str], Drawn] = {}
"""By the hash of an approved content and the language: neither the one nor the other changes."""


def questions_of(version: Questionnaire) -> Drawn:
    """Every question; drawn once by a process for each language."""
    key = version.content_hash, get_language() or ""
    if not version.is_approved:
        return _draw(version)
    if key not in DRAWN:
        DRAWN[key] = _draw(version)
    return DRAWN[key]


def _draw(version: Questionnaire) -> Drawn:
    asked, nobody = screens(version.content), Assessment(questionnaire=version)
    shown: list[dict[str, Any]] = [
        {
            "key": each["key"],
            "number": number,
            "done": number - 1,
            "group": in_language(group_name(version.content, each["group"])),
            "question": as_crispy_form(QuestionForm(assessment=nobody, number=number)),
        }
        for number, each in enumerate(asked, 1)
    ]
    context = {"screens": shown, "total": len(asked)}
    return Drawn(
        tuple(each["question"] for each in shown),
        render_to_string("suitability/questions.html", context),
    )
