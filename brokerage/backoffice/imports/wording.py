"""Errors in every language of the house: maker and checker may read different ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation

from brokerage.core.display import languages

Told = dict[str, dict[str, list[str]]]


def in_each_language(message: Any) -> dict[str, str]:
    """A lazily translated message by language."""
    return languages.in_each_language(lambda: _said(message))


def told(rows: Sequence[Mapping[str, list[Any]]]) -> list[Told]:
    """The errors of each row by language and column; nothing where there are none.

    Many rows at once: changing the language for each would cost more than reading them.
    """
    said = languages.in_each_language(
        lambda: [{key: [_said(one) for one in many] for key, many in row.items()} for row in rows]
    )
    return [
        {code: said[code][at] for code in said} if errors else {} for at, errors in enumerate(rows)
    ]


def read(texts: Mapping[str, Any]) -> Any:
    """What `in_each_language` or `told` made, in the language of the reader."""
    return texts.get(translation.get_language() or "") or texts.get(languages.LANGUAGES[0]) or ""


def _said(message: Any) -> str:
    if isinstance(message, ValidationError):
        return " ".join(message.messages)
    return str(message)
