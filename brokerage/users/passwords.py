"""What a password must not be, beside Django's own rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class MaximumLengthValidator:
    """Refuses texts so long that hashing them would be the attack."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when `password` is too long."""
        if len(password) > self.max_length:
            raise ValidationError(
                ngettext(
                    "The password may have at most {most} character.",
                    "The password may have at most {most} characters.",
                    self.max_length,
                ).format(most=self.max_length),
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return _("Any characters are fine, blanks too; a sentence is a good password.")


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Refuses common passwords also with digits or signs around them, or said twice."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when `password` is one of the common ones, dressed up."""
        lower = password.lower().strip()
        half = lower[: len(lower) // 2]
        bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lower)
        for form in {lower, bare, half if half * 2 == lower else lower}:
            super().validate(form, user)
        if len(set(lower)) < 5 or lower in _runs():
            raise ValidationError(_("That is too simple: use more different characters."))


class BrandValidator:
    """Refuses passwords that are mostly the firm's name."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.words = [word.lower() for word in words]

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when the firm's name makes up the password."""
        text = re.sub(r"[\s\-_.]+", "", unicodedata.normalize("NFKC", password).lower())
        rest = text
        for word in self.words:
            rest = rest.replace(word, "")
        if rest != text and len(rest) < 12:
            raise ValidationError(
                _("Leave out the firm's name; it is the first thing others try."),
                code="password_is_brand",
            )

    def get_help_text(self) -> str:
        return _("Not with the firm's name.")


def _runs() -> set[str]:
    rows = ["abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "12345678901234567890"]
    runs = {
        row[start : start + length]
        for row in rows
        for length in range(12, len(row) + 1)
        for start in range(len(row) - length + 1)
    }
    return runs | {run[::-1] for run in runs}
