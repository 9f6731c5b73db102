"""Chinese mobile numbers: read as people type them, kept as E.164."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core import identifiers
from brokerage.core.masking import phone as masked

__all__ = ["NotAMobileNumber", "masked", "national", "parse_mobile"]

FILLERS = re.compile(r"[\s\-‐‑–—.()·\u200b-\u200f\u202a-\u202e\ufeff]+")
LANDLINE = re.compile(r"0\d*|[2-9]\d{6,7}|(?:10|[2-9]\d{1,2})\d{7,8}")


class NotAMobileNumber(Exception):
    """The text is no mobile number of mainland China; `message` says what to do."""

    def __init__(self, message: object) -> None:
        super().__init__("not a mobile number")  # without the number: this may be logged
        self.message = message


def parse_mobile(text: str) -> str:
    """Read a mobile number with blanks, hyphens, +86, 0086 or full-width digits.

    Returns:
        The number as E.164, such as +8613800138000.

    Raises:
        NotAMobileNumber: with a sentence that names the fix.
    """
    digits = FILLERS.sub("", unicodedata.normalize("NFKC", text))
    had_plus = digits.startswith("+")
    digits = digits.removeprefix("+")
    if digits.startswith("00"):
        digits, had_plus = digits[2:], True
    if not digits.isascii() or not digits.isdigit():
        raise NotAMobileNumber(_("Digits only, please: a mobile number has 11 of them."))
    if had_plus and not digits.startswith("86"):
        raise NotAMobileNumber(
            _("Only mainland Chinese mobile numbers (+86) can be used here for now.")
        )
    if had_plus or (digits.startswith("86") and len(digits) == 13):
        digits = digits.removeprefix("86")
    if LANDLINE.fullmatch(digits) or (had_plus and not digits.startswith("1")):
        raise NotAMobileNumber(
            _("That is a landline, which receives no codes. Enter a mobile number.")
        )
    if len(digits) < 11:
        raise NotAMobileNumber(
            pgettext_lazy("phone number", "Too short: a mobile number has 11 digits.")
        )
    if len(digits) > 11:
        raise NotAMobileNumber(
            pgettext_lazy("phone number", "Too long: a mobile number has 11 digits.")
        )
    try:
        return identifiers.mobile(digits).value
    except identifiers.BadIdentifier:
        raise NotAMobileNumber(
            _("No mobile number begins like this. Check the first digits.")
        ) from None


def national(phone: str) -> str:
    """An E.164 number as people write it: 138 0013 8000."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if len(digits) == 11 else phone
