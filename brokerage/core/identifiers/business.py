"""Numbers of organisations, telephones, bank cards, securities accounts and securities."""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum import luhn
from stdnum.cn import uscc

from brokerage.core.identifiers.base import (
    BadIdentifier,
    Doubt,
    Identifier,
    normal,
    require_length,
)

VIRTUAL_OPERATORS = ("162", "165", "167", "170", "171")


class Market(models.TextChoices):
    """Where a security is listed or an account is registered."""

    SHANGHAI = "SH", _("Shanghai")
    SHENZHEN = "SZ", _("Shenzhen")
    BEIJING = "BJ", _("Beijing")


SHANGHAI_ACCOUNTS = {
    "A": "person",
    "B": "institution",
    "C": "b_share",
    "D": "special",
    "E": "margin",
    "F": "fund",
}
SHENZHEN_ACCOUNTS = {"05": "fund", "06": "margin", "08": "institution", "20": "b_share"}

# Longest prefix first where one contains another.
SECURITIES: dict[Market, tuple[tuple[str, str], ...]] = {
    Market.SHANGHAI: (
        (r"68[89]", "star"),
        (r"60", "main"),
        (r"508", "reit"),
        (r"5", "fund"),
        (r"11", "convertible"),
        (r"900", "b_share"),
    ),
    Market.SHENZHEN: (
        (r"00[0-3]", "main"),
        (r"30[0-2]", "chinext"),
        (r"180", "reit"),
        (r"1[56]", "fund"),
        (r"12", "convertible"),
        (r"200", "b_share"),
    ),
    Market.BEIJING: ((r"43|83|87|92", "main"),),
}
SHARES = {"main", "star", "chinext", "b_share"}  # bonds and funds share ranges across markets


def credit_code(text: str) -> Identifier:
    """A unified social credit code (GB 32100): 18 characters with a check character mod 31.

    python-stdnum computes the check; its format is too narrow (registries A, N and Y exist).
    """
    value = normal(text)
    require_length(value, 18)
    if not re.fullmatch(r"[1-9ANY][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}", value):
        raise BadIdentifier(
            _("This code has digits and letters without I, O, S, V and Z. Compare it."), "format"
        )
    if uscc.calc_check_digit(value) != value[-1]:
        raise BadIdentifier(
            _("One character does not fit. Compare the code with the licence."), "check_digit"
        )
    return Identifier(value=value, area=value[2:8])


def bank_card(text: str) -> Identifier:
    """13 to 19 digits. Some old cards fail Luhn's check: a warning, the bank decides."""
    value = normal(text)
    if not re.fullmatch(r"\d{13,19}", value, re.ASCII):
        raise BadIdentifier(
            _("A bank card has 13 to 19 digits. Compare the number with the card."), "format"
        )
    return Identifier(value=value, warnings=() if luhn.is_valid(value) else (Doubt.LUHN,))


def mobile(text: str) -> Identifier:
    """A mainland mobile number, given with or without +86; the value is E.164 (+8613800138000)."""
    digits = re.sub(r"^(?:\+|00)?86(?=1)", "", normal(text))
    if not re.fullmatch(r"1[3-9]\d{9}", digits, re.ASCII):
        raise BadIdentifier(_("A mobile number has 11 digits and begins with 13 to 19."), "format")
    virtual = digits.startswith(VIRTUAL_OPERATORS)
    return Identifier(value=f"+86{digits}", warnings=(Doubt.VIRTUAL_OPERATOR,) if virtual else ())


def securities_account(text: str, *, market: str) -> Identifier:
    """A securities account of one market; Beijing uses Shenzhen's form.

    Args:
        text: as typed.
        market: a value of `Market`.
    """
    value = normal(text)
    if Market(market) is Market.SHANGHAI:
        if not re.fullmatch(r"[A-F]\d{9}", value, re.ASCII):
            raise BadIdentifier(
                _("A Shanghai account is a letter from A to F followed by 9 digits."), "format"
            )
        return Identifier(value=value, category=SHANGHAI_ACCOUNTS[value[0]])
    if not re.fullmatch(r"(?:0\d|20)\d{8}", value, re.ASCII):
        raise BadIdentifier(_("A Shenzhen account has 10 digits and begins with 0."), "format")
    return Identifier(value=value, category=SHENZHEN_ACCOUNTS.get(value[:2], "person"))


def one_code_account(text: str) -> Identifier:
    """A one-code account (一码通): 12 digits, as known so far from 18."""
    value = normal(text)
    if not re.fullmatch(r"\d{12}", value, re.ASCII):
        raise BadIdentifier(_("A one-code account has 12 digits."), "format")
    known = value.startswith("18")
    return Identifier(value=value, warnings=() if known else (Doubt.UNKNOWN_CATEGORY,))


def security_code(text: str, *, market: str = "") -> Identifier:
    """A security: 6 digits with their market, such as 600000.SH; the value has this form.

    Args:
        text: `600000.SH`, `SH600000`, or bare digits where `market` is given.
        market: a value of `Market`; the same digits are different securities elsewhere.
    """
    found = re.fullmatch(
        r"(?P<before>SH|SZ|BJ)?\.?(?P<code>\d{6})(?:\.?(?P<after>SH|SZ|BJ))?",
        normal(text),
        re.ASCII,
    )
    if not found:
        raise BadIdentifier(_("A security code has 6 digits, such as 600000.SH."), "format")
    named = {name for name in (found["before"], found["after"], market) if name}
    if len(named) != 1:
        raise BadIdentifier(_("Say which market this code belongs to."), "market")
    place = Market(named.pop())
    category = _category(place, found["code"])
    if not category and any(_category(other, found["code"]) in SHARES for other in Market):
        raise BadIdentifier(_("This code belongs to another market."), "market")
    return Identifier(
        value=f"{found['code']}.{place.value}",
        category=category,
        warnings=() if category else (Doubt.UNKNOWN_CATEGORY,),
    )


def _category(market: Market, code: str) -> str:
    return next((name for start, name in SECURITIES[market] if re.match(start, code)), "")
