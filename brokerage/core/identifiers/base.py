"""What every identifier check shares: the result, the refusal, the normal form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class BadIdentifier(ValidationError):
    """What somebody typed cannot be such an identifier; the message says what to do about it.

    `code` is stable; the message never contains the value. Forms and the API show it as it is.
    """

    code: str

    def __init__(self, message: Any, code: str, **params: Any) -> None:
        super().__init__(message, code=code, params=params or None)

    def __str__(self) -> str:
        return str(self.code)


class Sex(models.TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class Doubt(models.TextChoices):
    """What is odd about a value without refusing it: somebody else has the last word."""

    LUHN = "luhn", _("The last digit does not fit. Compare the number with the card.")
    VIRTUAL_OPERATOR = "virtual_operator", _("This number belongs to a virtual operator.")
    UNKNOWN_CATEGORY = "unknown_category", _("This range of codes is not known here.")


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """An identifier that passed its checks; its repr shows no personal data.

    Attributes:
        value: the normal form, in which it is stored and hashed.
        birth_date, sex: what the number itself says; None where it says nothing.
        area: six digits of a division or three of a country, perhaps an abolished one.
        category: what kind of account or code it is (stable English words), else empty.
        warnings: doubts to show beside it.
    """

    value: str = field(repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    area: str = field(default="", repr=False)
    category: str = ""
    warnings: tuple[Doubt, ...] = ()


def normal(text: str) -> str:
    """`text` as identifiers are compared: NFKC (half-width), upper case, no blanks or hyphens."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-\u2010-\u2015\u200b-\u200f\u2060\ufeff]+", "", plain)


def require_length(value: str, length: int) -> None:
    """Refuse a value of another length, saying how many characters are missing or too many."""
    if len(value) < length:
        raise BadIdentifier(
            ngettext_lazy(
                "%(missing)d character short. Compare the number with the document.",
                "%(missing)d characters short. Compare the number with the document.",
                "missing",
            ),
            "too_short",
            missing=length - len(value),
        )
    if len(value) > length:
        raise BadIdentifier(
            ngettext_lazy(
                "%(extra)d character too many. Compare the number with the document.",
                "%(extra)d characters too many. Compare the number with the document.",
                "extra",
            ),
            "too_long",
            extra=len(value) - length,
        )
