"""What the value of a rule may look like: one schema per key, registered by the app that reads it.

A value is kept as JSON. Decimals are text there ("0.003"), so that none is ever a float.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from brokerage.core.registry import Registry
from brokerage.reference.periods import Period


class BadRuleValue(ValueError):
    """A value breaks the schema of its key; English, for makers of rules and loaders."""


class Type(StrEnum):
    """How a value is written and what it is read as."""

    INTEGER = "integer"  # 20 → int
    DECIMAL = "decimal"  # "0.003" → Decimal
    BOOLEAN = "boolean"  # true → bool
    TEXT = "text"  # "x" → str, one of `choices` where given
    PERIOD = "period"  # "P20Y" → Period
    TABLE = "table"  # anything; `check` looks at it


@dataclass(frozen=True, kw_only=True)
class Schema:
    """The form of one rule's value.

    Attributes:
        key: dotted, lower case: "retention.suitability".
        label: what the rule is, translated lazily, for lists.
        type: how the value is written.
        unit: of a number, in plain words: "years", "yuan", "percent".
        least: smallest allowed number.
        most: largest allowed number.
        choices: allowed texts.
        check: raises BadRuleValue for a table with wrong content.
    """

    key: str
    label: Any
    type: Type
    unit: str = ""
    least: Decimal | int | None = None
    most: Decimal | int | None = None
    choices: frozenset[str] = frozenset()
    check: Callable[[Any], None] | None = None

    def read(self, value: Any) -> Any:
        """The Python value of the JSON `value`.

        Raises:
            BadRuleValue: when it breaks this schema.
        """
        result = _READERS[self.type](value)
        if isinstance(result, int | Decimal) and not isinstance(result, bool):
            if self.least is not None and result < self.least:
                raise BadRuleValue(f"{self.key}: {result} is less than {self.least}.")
            if self.most is not None and result > self.most:
                raise BadRuleValue(f"{self.key}: {result} is more than {self.most}.")
        if self.choices and result not in self.choices:
            raise BadRuleValue(f"{self.key}: {result!r} is none of {sorted(self.choices)}.")
        if self.check:
            self.check(result)
        return result


def table_of(*parts: Schema) -> Callable[[Any], None]:
    """A `check` for a table that has exactly `parts`, each read by its own schema."""
    by_key = {part.key: part for part in parts}

    def check(value: Any) -> None:
        if not isinstance(value, dict) or set(value) != set(by_key):
            raise BadRuleValue(f"A table with exactly {sorted(by_key)} is needed.")
        for key, part in by_key.items():
            part.read(value[key])

    return check


def whole(key: str, least: int = 0, most: int = 9999) -> Schema:
    """A whole number of a table."""
    return Schema(key=key, label="", type=Type.INTEGER, least=least, most=most)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRuleValue(f"{value!r} is no whole number.")
    return value


def _decimal(value: Any) -> Decimal:
    try:
        result = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        result = None
    if result is None or not result.is_finite():
        raise BadRuleValue(f'{value!r} is no decimal number as text, such as "0.003".')
    return result


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadRuleValue(f"{value!r} is neither true nor false.")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRuleValue(f"{value!r} is no text.")
    return value


def _period(value: Any) -> Period:
    try:
        return Period.parse(_text(value))
    except ValueError as error:
        raise BadRuleValue(str(error)) from None


_READERS: dict[Type, Callable[[Any], Any]] = {
    Type.INTEGER: _integer,
    Type.DECIMAL: _decimal,
    Type.BOOLEAN: _boolean,
    Type.TEXT: _text,
    Type.PERIOD: _period,
    Type.TABLE: deepcopy,  # a rule is shared by all who ask for it
}

schemas: Registry[Schema] = Registry("reference.schemas")


def register(schema: Schema) -> Schema:
    """Make a key known; apps call it for their rules in apps.py."""
    return schemas.register(schema.key, schema)
