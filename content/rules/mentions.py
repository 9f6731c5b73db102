"""Securities that a text names: codes with the market where one is written, and names."""

from __future__ import annotations

import re

CODE = re.compile(
    r"(?<![\d.A-Za-z])(SH|SZ|BJ)?(\d{6})(?:\.(SH|SZ|BJ)(?![A-Za-z]))?(?![\d年月日元万亿%])",
    re.IGNORECASE,
)


def codes_in(text: str) -> list[tuple[str, str]]:
    """Six digits that stand alone and are no amount or date, each once, in the text's order.

    Returns:
        The code, and the market that is written with it (empty: none is).
    """
    found = [(code, (before or after).upper()) for before, code, after in CODE.findall(text)]
    return list(dict.fromkeys(found))


def names_word(text: str, name: str) -> bool:
    """Whether an English name stands in a text as words of its own, in whatever case."""
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text, re.I))
