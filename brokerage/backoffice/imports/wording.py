"""Errors in every language of the house: maker and checker may read different ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def in_each_language(message: Any) -> dict[str, str]:
    """A lazily translated message by language."""
    found = {}
    for code in LANGUAGES:
        with translation.override(code):
            found[code] = _said(message)
    return found


def told(errors: Mapping[str, list[Any]]) -> dict[str, dict[str, list[str]]]:
    """The errors of a row by language and column; nothing where there are none."""
    if not errors:
        return {}
    found = {}
    for code in LANGUAGES:
        with translation.override(code):
            found[code] = {key: [_said(one) for one in many] for key, many in errors.items()}
    return found


def read(texts: Mapping[str, Any]) -> Any:
    """What `in_each_language` or `told` made, in the language of the reader."""
    return texts.get(translation.get_language() or "") or texts.get(LANGUAGES[0]) or ""


def _said(message: Any) -> str:
    if isinstance(message, ValidationError):
        return " ".join(message.messages)
    return str(message)
