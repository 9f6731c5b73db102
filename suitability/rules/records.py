"""Inputs and decisions as canonical JSON, so that a decision can be stored and taken again.

One text for one value: keys sorted, no spaces, dates as ISO 8601, decimals as plain text without
trailing zeros, sets sorted. What does not come back to the same text is refused.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, Self


class BadRecord(ValueError):
    """A stored text is no record of this kind; the message says where, never what stood there."""


class Recorded:
    """Mixin of frozen dataclasses whose fields are plain values, dates, enums and each other."""

    def to_json(self) -> str:
        """The canonical JSON text."""
        return json.dumps(_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The value that `to_json` wrote.

        Raises:
            BadRecord: for a text that `to_json` cannot have written.
        """
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            raise BadRecord(f"{cls.__name__}: no JSON") from None
        kind: Any = cls
        found: Self = _reader(kind)(content)
        if found.to_json() != text:
            raise BadRecord(f"{cls.__name__}: not in canonical form")
        return found


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if names := _fields(kind):
        return {name: _plain(getattr(value, name)) for name in names}
    if kind is tuple:
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if kind is date:
        return value.isoformat()
    if kind is datetime and value.tzinfo:
        return value.astimezone(UTC).isoformat()
    if kind is frozenset:
        return sorted(_plain(each) for each in value)
    if kind is Decimal and value.is_finite():
        return decimal_text(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    raise TypeError(f"{kind.__name__} has no place in a record")


def decimal_text(value: Decimal) -> str:
    """The one text of a decimal: "0.5", "1000", never an exponent, never a negative zero."""
    if not value:
        return "0"
    text = format(value, "f")  # not normalize(), which rounds to 28 digits
    return text.rstrip("0").rstrip(".") if "." in text else text


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    if not dataclasses.is_dataclass(kind):
        return ()
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What turns JSON into a value of the annotated type `kind`."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = _reader(next(each for each in arguments if each is not type(None)))
        return lambda found: None if found is None else inner(found)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin is frozenset:
        each_of = _reader(arguments[0])
        return lambda found: frozenset(each_of(each) for each in _is(list, found))
    if origin is not None and issubclass(origin, Mapping):
        value_of = _reader(arguments[1])
        return lambda found: {name: value_of(each) for name, each in _is(dict, found).items()}
    if dataclasses.is_dataclass(kind):
        return _record_reader(kind)
    if kind in (date, datetime, Decimal) or issubclass(kind, Enum):
        return _text_reader(kind)
    return lambda found: _is(kind, found)


def _tuple_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if arguments[-1] is Ellipsis:
        inner = _reader(arguments[0])
        return lambda found: tuple(inner(each) for each in _is(list, found))
    readers = [_reader(each) for each in arguments]

    def read(found: Any) -> Any:
        if len(_is(list, found)) != len(readers):
            raise BadRecord("a list of another length")
        return tuple(reader(each) for reader, each in zip(readers, found, strict=True))

    return read


def _record_reader(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = {name: _reader(hints[name]) for name in _fields(kind)}

    def read(found: Any) -> Any:
        if _is(dict, found).keys() != readers.keys():
            wrong = sorted(found.keys() ^ readers.keys())
            raise BadRecord(f"{kind.__name__}: other fields than {wrong}")
        try:
            return kind(**{name: reader(found[name]) for name, reader in readers.items()})
        except BadRecord:
            raise
        except (ValueError, TypeError):
            raise BadRecord(f"{kind.__name__}: values that contradict each other") from None

    return read


def _text_reader(kind: type) -> Callable[[Any], Any]:
    make: Callable[[str], Any] = getattr(kind, "fromisoformat", kind)

    def read(found: Any) -> Any:
        try:
            return make(found) if issubclass(kind, int) else make(_is(str, found))
        except (ValueError, InvalidOperation):
            raise BadRecord(f"no {kind.__name__}") from None

    return read


def _is(kind: type, found: Any) -> Any:
    if type(found) is not kind:
        raise BadRecord(f"no {kind.__name__}")
    return found
