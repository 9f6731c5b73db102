"""Whether an outlet is what somebody typed: names, codes, places, in either language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 60
NO_WORD = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Without widths, cases, spaces and marks: "ＪＩＮＨＵＡ 双溪" is "jinhua双溪"."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return NO_WORD.sub("", plain)


def wanted(query: str) -> list[str]:
    """The words of a search, folded; at most LONGEST characters count."""
    plain = unicodedata.normalize("NFKC", query[:LONGEST])
    return [word for part in plain.split() if (word := folded(part))]


def matches(words: Iterable[str], haystack: str) -> bool:
    """Whether every word stands in the folded text `haystack`."""
    return all(word in haystack for word in words)
