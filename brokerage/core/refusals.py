"""A refusal that says of each field what is wrong with it."""

from __future__ import annotations


class RefusedByField(Exception):
    """Base of the refusals of use cases whose callers show messages beside fields.

    Attributes:
        errors: translated messages by name of the field.
    """

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(text for texts in errors.values() for text in texts))
        self.errors = errors
