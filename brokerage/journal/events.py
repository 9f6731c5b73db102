"""What happened, as values: the base of every event, and its form in the journal.

An event carries public refs and plain values only, because its fields are stored for twenty
years, handed to subscribers and may be shown to the customer.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

KINDS: dict[str, type[Event]] = {}


class NotPlain(TypeError):
    """A value that the journal does not keep: a float, a model, a date without time zone …"""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to one object. Subclasses are named in the past tense.

    Class attributes:
        kind: "<app>.<what_happened>", never reused for another meaning.
        subject_type: "<app>.<model>" of the object.

    Attributes:
        subject: public ref of the object.
    """

    kind: ClassVar[str]
    subject_type: ClassVar[str]
    subject: UUID

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        kind = cls.__dict__.get("kind")
        if kind is None:  # an abstract base of several events
            return
        known = KINDS.get(kind)
        if known and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"Two events have the kind {kind!r}: {known!r} and {cls!r}.")
        KINDS[kind] = cls

    def payload(self) -> dict[str, Any]:
        """Every field but the subject, in the form that the journal stores."""
        return {
            field.name: plain(getattr(self, field.name))
            for field in fields(self)
            if field.name != "subject"
        }

    @classmethod
    def restore(cls, *, subject: UUID, payload: Mapping[str, Any]) -> Event:
        """The event again, from what the journal stored.

        Fields that this version no longer has are left out; new ones need a default.
        """
        hints = _hints(cls.kind)
        values = {
            field.name: _typed(hints[field.name], payload[field.name])
            for field in fields(cls)
            if field.name in payload
        }
        return cls(subject=subject, **values)


def event_class(kind: str) -> type[Event]:
    """The class of the events of this kind; raises KeyError where there is none."""
    return KINDS[kind]


def plain(value: object) -> Any:
    """`value` as JSON keeps it: numbers, texts, truth values, and lists of them.

    Raises:
        NotPlain: for a float (money is Decimal), a naive instant, or any other object.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case UUID() | Decimal():
            return str(value)
        case datetime():
            if value.tzinfo is None:
                raise NotPlain("An instant needs its time zone.")
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case tuple() | list():
            return [plain(item) for item in value]
    raise NotPlain(f"{type(value).__name__} is no plain value.")


@cache
def _hints(kind: str) -> dict[str, Any]:
    return get_type_hints(event_class(kind))


def _typed(hint: Any, value: Any) -> Any:
    """`value` from the journal as the type that the event declares."""
    if value is None:
        return None
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        chosen = [option for option in get_args(hint) if option is not type(None)]
        return _typed(chosen[0], value) if len(chosen) == 1 else value
    if origin in (tuple, list):
        return origin(_typed(get_args(hint)[0], item) for item in value)
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, UUID | Decimal | Enum):
        return hint(value)
    return value
