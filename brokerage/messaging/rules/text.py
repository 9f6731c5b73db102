"""Texts with declared variables. Nothing in a text or a value is ever run as code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import translation

from brokerage.core.display import formats
from brokerage.core.display.languages import LANGUAGES

TYPES = frozenset({"text", "date", "instant", "money", "number", "code", "path"})
_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CODE = re.compile(r"[0-9]{4,8}")
_PATH = re.compile(r"/(?:[A-Za-z0-9_\-]+/)*(?:\?[A-Za-z0-9_\-=&]*)?")
LONGEST = 200


class UnableToRender(Exception):
    """A value is missing, unknown or malformed; names the variable, never the value."""


def slots(text: str) -> frozenset[str]:
    """The names of the variables in `text`.

    Raises:
        UnableToRender: when a brace is not part of a variable.
    """
    if set("{}") & set(_SLOT.sub("", text)):
        raise UnableToRender("A brace stands outside a variable.")
    return frozenset(_SLOT.findall(text))


def check(variables: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Refuse values that do not fit the declaration exactly.

    Args:
        variables: name → type of TYPES.
        values: name → text (or one by language, which the reader's chooses), ISO date or
            instant, decimal or whole number.

    Raises:
        UnableToRender: for a missing, unknown or malformed value.
    """
    if missing := set(variables) - set(values):
        raise UnableToRender(f"No value for {', '.join(sorted(missing))}.")
    if unknown := set(values) - set(variables):
        raise UnableToRender(f"The text does not know {', '.join(sorted(unknown))}.")
    for name, kind in variables.items():
        for language in LANGUAGES:
            _format(name, kind, values[name], language)


def render(
    text: str, *, variables: Mapping[str, str], values: Mapping[str, Any], language: str
) -> str:
    """`text` with every variable filled in the habit of `language`; values are filled once."""
    return _SLOT.sub(
        lambda slot: _format(slot[1], variables[slot[1]], values[slot[1]], language), text
    )


def _format(name: str, kind: str, value: Any, language: str) -> str:
    try:
        with translation.override(language):
            shown: str = _FORMATS[kind](value)
    except (ValueError, TypeError, InvalidOperation, KeyError):
        raise UnableToRender(f"The value of {name} is not {kind}.") from None
    return shown.replace(formats.NBSP, " ")  # which not every telephone shows


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value[translation.get_language()]
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError
    return "".join(letter for letter in value if unicodedata.category(letter)[0] != "C")


def _date(value: Any) -> str:
    return formats.day(date.fromisoformat(value), year=True)


def _instant(value: Any) -> str:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError
    between = " " if formats.is_chinese() else ", "
    return f"{formats.day(at, year=False)}{between}{formats.time(at)}"


def _money(value: Any) -> str:
    amount = Decimal(value)
    if not amount.is_finite():
        raise ValueError
    return formats.money(amount)


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return formats.number(value)


def _whole(pattern: re.Pattern[str]) -> Any:
    def check_whole(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError
        return value

    return check_whole


_FORMATS: dict[str, Any] = {
    "text": _text,
    "date": _date,
    "instant": _instant,
    "money": _money,
    "number": _number,
    "code": _whole(_CODE),
    "path": _whole(_PATH),
}
