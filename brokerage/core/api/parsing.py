"""A JSON parser that takes one reading only: what two parsers may read differently is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from brokerage.core.api.problems import Problem

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20


class StrictJSONParser(BaseParser):
    """UTF-8 only, no duplicate names, no NaN, bounded size and depth, no broken characters."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return parse(stream.read(MAX_BYTES + 1))


def parse(raw: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        Problem: malformed-body or body-too-large.
    """
    if len(raw) > MAX_BYTES:
        raise Problem("body-too-large")
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique_names, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise Problem("malformed-body", _("The body is not valid UTF-8.")) from None
    except RecursionError:
        raise Problem("malformed-body", _("The body is nested too deeply.")) from None
    except ValueError:
        raise Problem("malformed-body", _("The body is not valid JSON.")) from None
    _check(value, depth=0)
    return value


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Problem("malformed-body", _("A name stands twice in one object."))
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _check(value: Any, *, depth: int) -> None:
    """Refuse depth, and characters that the database cannot hold (NUL, lone surrogates)."""
    if depth > MAX_DEPTH:
        raise Problem("malformed-body", _("The body is nested too deeply."))
    if isinstance(value, str):
        if "\x00" in value or (not value.isascii() and _has_surrogates(value)):
            raise Problem("malformed-body", _("The body holds characters that are not text."))
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name, depth=depth)
            _check(inner, depth=depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth=depth + 1)


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
