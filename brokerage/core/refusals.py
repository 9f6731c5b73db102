"""Refusals of use cases: messages by field, or one message that may have a field."""

from __future__ import annotations


class RefusedByField(Exception):
    """Base of the refusals of use cases whose callers show messages beside fields.

    Attributes:
        errors: translated messages by name of the field.
    """

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(text for texts in errors.values() for text in texts))
        self.errors = errors


class RefusedInWords(Exception):
    """Base of refusals with one translated message, which may be shown.

    Attributes:
        errors: messages by field, where they belong to one.
    """

    def __init__(self, message: str, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}
