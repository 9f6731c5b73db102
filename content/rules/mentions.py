"""Securities that a text names: codes with the market where one is written, and names."""

from __future__ import annotations

import re

CODE = re.compile(
    r"(?<![\d.A-Za-z])(SH|SZ|BJ|NQ)?(\d{6})(?:\.(SH|SZ|BJ|NQ)(?![A-Za-z]))?(?![\d年月日元万亿%])",
    re.IGNORECASE,
)
HONG_KONG = re.compile(
    r"(?<![\d.,$¥€A-Za-z])(?:"
    r"(?:HK[.:]?(\d{5})|(\d{1,5})\.HK)(?![\dA-Za-z])"  # HK00700, 00700.HK, 700.hk
    r"|(\d{1,5}) HK(?! ?(?!Equity\b)[A-Za-z$\d])"  # (700 HK), 700 HK Equity; no 700 HK dollars
    r")",
    re.IGNORECASE,
)
"""A code of Hong Kong, which is five digits or fewer: only with its market is it no amount."""


def codes_in(text: str) -> list[tuple[str, str]]:
    """Codes of securities that a text names, each once, in the text's order.

    Six digits that stand alone and are no amount or date; codes of Hong Kong with their market,
    filled up to five digits.

    Returns:
        The code, and the market that is written with it (empty: none is).
    """
    found = [(at.start(), (at[2], (at[1] or at[3] or "").upper())) for at in CODE.finditer(text)]
    for at in HONG_KONG.finditer(text):
        code = next(filter(None, at.groups()))
        found.append((at.start(), (code.zfill(5), "HK")))
    return list(dict.fromkeys(one for _place, one in sorted(found)))


def names_word(text: str, name: str) -> bool:
    """Whether an English name stands in a text as words of its own, in whatever case."""
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text, re.I))
