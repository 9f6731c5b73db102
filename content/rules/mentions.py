"""Codes of securities in a text."""

from __future__ import annotations

import re

CODE = re.compile(
    r"(?<![\d.])(?:SH|SZ|BJ|sh|sz|bj)?(\d{6})(?:\.(?:SH|SZ|BJ))?(?![\d年月日元万亿%])"
)


def codes_in(text: str) -> list[str]:
    """Six digits that stand alone and are no amount or date, each once, in the text's order."""
    return list(dict.fromkeys(CODE.findall(text)))
