"""The refusal of the product desk's use cases."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models


class UnableToList(Exception):
    """The row is not possible; the message is translated and may be shown.

    Attributes:
        errors: messages by field, where they belong to one.
    """

    def __init__(self, message: str, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}


def check(row: models.Model) -> None:
    """Refuse a row whose fields or constraints do not hold.

    Raises:
        UnableToList: `errors` names the fields.
    """
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToList(" ".join(error.messages), error.message_dict) from error
