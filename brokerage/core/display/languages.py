"""One text in each language of the house, for what is kept now and read later by anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.utils import translation

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
T = TypeVar("T")


def reads_english() -> bool:
    """Whether what is kept in two columns is shown in English now."""
    return (translation.get_language() or "").startswith("en")


def in_each_language(say: Callable[[], T]) -> dict[str, T]:
    """What `say` returns in each language, by its code."""
    found = {}
    for code in LANGUAGES:
        with translation.override(code):
            found[code] = say()
    return found
