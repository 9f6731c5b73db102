"""All questions of a version as its page brings them, for the script that shows one at a time."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from suitability.content import group_name, screens
from suitability.forms import QuestionForm
from suitability.models import Assessment, Questionnaire, in_language

DRAWN: dict[tuple[str, str], SafeString] = {}
"""By the hash of an approved content and the language: neither the one nor the other changes."""


def questions_of(version: Questionnaire) -> SafeString:
    """Every question without an answer; drawn once by a process for each language."""
    key = version.content_hash, get_language() or ""
    if not version.is_approved:
        return _draw(version)
    if key not in DRAWN:
        DRAWN[key] = _draw(version)
    return DRAWN[key]


def _draw(version: Questionnaire) -> SafeString:
    asked, nobody = screens(version.content), Assessment(questionnaire=version)
    shown = [
        {
            "key": each["key"],
            "number": number,
            "done": number - 1,
            "group": in_language(group_name(version.content, each["group"])),
            "form": QuestionForm(assessment=nobody, number=number),
        }
        for number, each in enumerate(asked, 1)
    ]
    context = {"screens": shown, "total": len(asked)}
    return render_to_string("suitability/questions.html", context)
