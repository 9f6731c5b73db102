"""Errors in every language of the house: maker and checker may read different ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation

from brokerage.core.display import languages


def in_each_language(message: Any) -> dict[str, str]:
    """A lazily translated message by language."""
    return languages.in_each_language(lambda: _said(message))


def told(errors: Mapping[str, list[Any]]) -> dict[str, dict[str, list[str]]]:
    """The errors of a row by language and column; nothing where there are none."""
    if not errors:
        return {}
    return languages.in_each_language(
        lambda: {key: [_said(one) for one in many] for key, many in errors.items()}
    )


def read(texts: Mapping[str, Any]) -> Any:
    """What `in_each_language` or `told` made, in the language of the reader."""
    return texts.get(translation.get_language() or "") or texts.get(languages.LANGUAGES[0]) or ""


def _said(message: Any) -> str:
    if isinstance(message, ValidationError):
        return " ".join(message.messages)
    return str(message)
