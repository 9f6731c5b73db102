"""Money in yuan: exact decimals, rounded half-up, shared out without losing a cent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")
MOST = Decimal("999999999999999999.99")

# For model fields: models.DecimalField(**YUAN)
YUAN: dict[str, Any] = {"max_digits": 20, "decimal_places": 2}
RATE: dict[str, Any] = {"max_digits": 12, "decimal_places": 8}
QUANTITY: dict[str, Any] = {"max_digits": 20, "decimal_places": 6}

_AMOUNT = re.compile(r"(?P<whole>\d+|\d{1,3}(?:,\d{3})+)(?:\.(?P<part>\d+))?", re.ASCII)
_UNIT = re.compile(r"^(?:CNY|RMB|[¥￥])\s*|\s*元$", re.IGNORECASE)


class BadAmount(ValidationError):
    """What somebody typed is no amount of yuan; forms show it as it is."""


def yuan(value: Decimal | int | str) -> Decimal:
    """`value` in whole cents, rounded half-up (away from zero at exactly half a cent).

    Raises:
        TypeError: for a float, which is no exact amount.
    """
    if isinstance(value, float):
        raise TypeError("Money is never a float: use Decimal.")
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def parse_yuan(text: str) -> Decimal:
    """What a person typed, as yuan; nothing is guessed or rounded.

    Args:
        text: digits with at most two decimals, perhaps full-width, with thousands separators in
            the right places, and with 元, ¥, CNY or RMB beside them. No sign.

    Raises:
        BadAmount: with code `format`, `decimals` or `too_large`.
    """
    plain = _UNIT.sub("", unicodedata.normalize("NFKC", text).strip(), count=1)
    found = _AMOUNT.fullmatch(plain)
    if not found:
        raise BadAmount(_("Enter an amount in yuan, such as 1,234.50."), code="format")
    if len((found["part"] or "").rstrip("0")) > 2:
        raise BadAmount(_("An amount has at most two decimals."), code="decimals")
    whole = found["whole"].replace(",", "").lstrip("0") or "0"
    if len(whole) > 18:
        raise BadAmount(_("This amount is too large."), code="too_large")
    return Decimal(f"{whole}.{(found['part'] or '')[:2] or '0'}").quantize(CENT)


def format_yuan(amount: Decimal, *, language: str | None = None) -> str:
    """12.50 元 in Chinese, CNY 12.50 elsewhere, with thousands separators.

    Args:
        amount: yuan; rounded half-up to cents.
        language: a language code; the active language if None.
    """
    number = f"{yuan(amount):,.2f}"
    chinese = (language or get_language() or "").startswith("zh")
    return f"{number} 元" if chinese else f"CNY {number}"


def allocate(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Share `total` out in proportion to `weights`, in whole cents that sum to it exactly.

    Each share is rounded down; the cents left go to the largest remainders, the earlier
    line first. The same input gives the same answer. No share is a whole cent off its exact value.

    Raises:
        ValueError: when a weight is negative, all are zero, or `total` has parts of a cent.
    """
    parts = [Fraction(weight) for weight in weights]
    if any(part < 0 for part in parts) or not sum(parts):
        raise ValueError("Weights must not be negative and one must be positive.")
    if total != total.quantize(CENT, ROUND_DOWN):
        raise ValueError("A total is in whole cents.")
    cents = int(abs(total) * 100)
    exact = [part * cents / sum(parts) for part in parts]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda line: shares[line] - exact[line])
    for line in by_remainder[: cents - sum(shares)]:
        shares[line] += 1
    sign = -1 if total < 0 else 1
    return [Decimal(sign * share) * CENT for share in shares]
