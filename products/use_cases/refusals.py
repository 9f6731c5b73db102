"""The refusal of the product desk's use cases."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from brokerage.core.refusals import RefusedInWords


class UnableToList(RefusedInWords):
    """The row is not possible."""


def check(row: models.Model) -> None:
    """Refuse a row whose fields or constraints do not hold.

    Raises:
        UnableToList: `errors` names the fields.
    """
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToList(" ".join(error.messages), error.message_dict) from error
